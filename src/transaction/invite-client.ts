import { assert } from "../base/assert.ts";
import { buildAck, parseMessage, type SipResponse } from "../message/index.ts";
import {
  inviteClientSignals,
  inviteClientTable,
  type InviteClientAction,
  type InviteClientSignal,
  type InviteClientState,
} from "./invite-client-table.ts";
import { TIMED_OUT, type TransactionOutput, UNREACHABLE } from "./output.ts";
import { OFF, T1_MS, TIMER_D_MS, TRANSACTION_LIFETIME_MS } from "./timers.ts";
import { prepare, type Row } from "./transition.ts";

const { calling, accepted, completed } = prepare(inviteClientTable, inviteClientSignals);
type InviteClientRow = Row<InviteClientState, InviteClientSignal, InviteClientAction>;

/**
 * One INVITE, sent until something answers it (RFC 3261 §17.1.1, RFC 6026 §7.2). Holds no socket, timer or clock:
 * inputs carry the time, outputs are pushed on `out`, and whoever drives it calls `advance` no later than
 * `deadlineMs`. Waiting for a final response after a provisional one has no limit here: Timer C is the proxy's.
 *
 * Hot path: one for each branch of each call. Five fields, one of them a boxed number: thousands linger.
 */
export class InviteClientTransaction {
  readonly #isReliable: boolean;
  #at = calling;
  /** The INVITE while an ACK may have to be made of it; then the ACK; then nothing. */
  #text: string;
  /** When it started; later, when it came to this state. */
  #sinceMs = Infinity;
  /** What fires next, as an offset from that. Timers A and B take turns on it: the earlier one is kept. */
  #dueAfterMs = OFF;

  constructor(text: string, options: { readonly reliable: boolean }) {
    this.#text = text;
    this.#isReliable = options.reliable;
  }

  get state(): InviteClientState {
    return this.#at.name;
  }

  /** When `advance` is due; `Infinity` when nothing is pending. */
  get deadlineMs(): number {
    return this.#dueAfterMs === OFF ? Infinity : this.#sinceMs + this.#dueAfterMs;
  }

  /** What fires at `deadlineMs`. */
  get runningTimer(): "timerA" | "timerB" | "timerD" | "timerM" | undefined {
    if (this.#dueAfterMs === OFF) return undefined;
    if (this.#at === accepted) return "timerM";
    if (this.#at === completed) return "timerD";
    return this.#dueAfterMs === TRANSACTION_LIFETIME_MS ? "timerB" : "timerA";
  }

  /** It only absorbs what comes late: nothing is sent or told when what runs now fires. */
  get isLingering(): boolean {
    return this.#at === accepted || this.#at === completed;
  }

  start(nowMs: number, out: TransactionOutput[]): void {
    this.#sinceMs = nowMs;
    this.#dueAfterMs = this.#isReliable ? TRANSACTION_LIFETIME_MS : T1_MS;
    out.push({ kind: "send", text: this.#text });
  }

  receive(response: SipResponse, nowMs: number, out: TransactionOutput[]): void {
    const on = this.#at.on;
    const statusCode = response.statusCode;
    this.#step(
      statusCode < 200 ? on["1xx"] : statusCode < 300 ? on["2xx"] : on["3xx-6xx"],
      nowMs,
      out,
      response,
    );
  }

  transportFailed(nowMs: number, out: TransactionOutput[]): void {
    this.#step(this.#at.on.transportError, nowMs, out, undefined);
  }

  /** Fires what is due. A late call sends once, however many retransmissions were missed. */
  advance(nowMs: number, out: TransactionOutput[]): void {
    if (this.deadlineMs > nowMs) return;
    const on = this.#at.on;
    if (this.#at === accepted) this.#step(on.timerM, nowMs, out, undefined);
    else if (this.#at === completed) this.#step(on.timerD, nowMs, out, undefined);
    else if (nowMs >= this.#sinceMs + TRANSACTION_LIFETIME_MS) {
      this.#step(on.timerB, nowMs, out, undefined);
    } else {
      this.#bookTimerA(nowMs);
      this.#step(on.timerA, nowMs, out, undefined);
    }
  }

  /** Each interval is twice the one before; the seventh sending is the last before Timer B. */
  #bookTimerA(nowMs: number): void {
    let dueAfterMs = this.#dueAfterMs;
    do dueAfterMs = 2 * dueAfterMs + T1_MS;
    while (this.#sinceMs + dueAfterMs <= nowMs);
    this.#dueAfterMs = Math.min(dueAfterMs, TRANSACTION_LIFETIME_MS);
  }

  #step(
    row: InviteClientRow | undefined,
    nowMs: number,
    out: TransactionOutput[],
    response: SipResponse | undefined,
  ): void {
    if (row === undefined) return;
    for (let at = 0; at < row.actions.length; at += 1) {
      this.#act(row.actions[at] as InviteClientAction, out, response);
    }
    out.push(row.moved);
    if (row.next !== this.#at) this.#enter(row.next, nowMs, out);
  }

  #enter(next: InviteClientRow["next"], nowMs: number, out: TransactionOutput[]): void {
    this.#at = next;
    this.#sinceMs = nowMs;
    this.#dueAfterMs = OFF;
    if (next === accepted) {
      this.#text = "";
      this.#dueAfterMs = TRANSACTION_LIFETIME_MS;
    } else if (next === completed) {
      this.#dueAfterMs = TIMER_D_MS;
      // A Timer D of zero seconds fires at once.
      if (this.#isReliable) this.#step(completed.on.timerD, nowMs, out, undefined);
    } else if (next.name === "terminated") this.#text = "";
  }

  #act(
    action: InviteClientAction,
    out: TransactionOutput[],
    response: SipResponse | undefined,
  ): void {
    switch (action) {
      case "sendInvite":
        out.push({ kind: "send", text: this.#text });
        return;
      case "sendAck":
        assert(response !== undefined, "only a response is acknowledged");
        // The first one is made of the INVITE and replaces it; later ones are the same bytes.
        if (this.#at !== completed) this.#text = ackOf(this.#text, response);
        out.push({ kind: "send", text: this.#text });
        return;
      case "passUp":
        assert(response !== undefined, "only a response passes up");
        out.push({ kind: "passUp", response });
        return;
      case "reportTimeout":
        out.push(TIMED_OUT);
        return;
      case "reportTransportError":
        out.push(UNREACHABLE);
        return;
    }
  }
}

/** The INVITE is read only here, on refusal: a call that is answered never pays for it. */
function ackOf(inviteText: string, response: SipResponse): string {
  const invite = parseMessage(inviteText);
  assert(invite.kind === "request", "what was sent was an INVITE");
  return buildAck(invite, response);
}
