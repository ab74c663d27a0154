import { assert } from "../base/assert.ts";
import type { SipResponse } from "../message/index.ts";
import {
  nonInviteClientSignals,
  nonInviteClientTable,
  type NonInviteClientAction,
  type NonInviteClientSignal,
  type NonInviteClientState,
} from "./non-invite-client-table.ts";
import { TIMED_OUT, type TransactionOutput, UNREACHABLE } from "./output.ts";
import { OFF, T1_MS, T2_MS, T4_MS, TRANSACTION_LIFETIME_MS } from "./timers.ts";
import { prepare, type Row } from "./transition.ts";

const { trying, proceeding, completed } = prepare(nonInviteClientTable, nonInviteClientSignals);
type NonInviteClientRow = Row<NonInviteClientState, NonInviteClientSignal, NonInviteClientAction>;

/**
 * One request other than INVITE and ACK, sent until a final response or 64*T1 (RFC 3261 §17.1.2). A provisional
 * response slows the retransmissions to one every T2 and does not end them. Driven like the others.
 *
 * Hot path: one for each BYE, REGISTER, CANCEL. Five fields, one of them a boxed number.
 */
export class NonInviteClientTransaction {
  readonly #isReliable: boolean;
  #at = trying;
  /** The request until a final response; then nothing. */
  #text: string;
  /** When it started; once completed, when that was. */
  #sinceMs = Infinity;
  /** What fires next, as an offset from that. Timers E and F take turns on it: the earlier one is kept. */
  #dueAfterMs = OFF;

  constructor(text: string, options: { readonly reliable: boolean }) {
    this.#text = text;
    this.#isReliable = options.reliable;
  }

  get state(): NonInviteClientState {
    return this.#at.name;
  }

  /** When `advance` is due; `Infinity` when nothing is pending. */
  get deadlineMs(): number {
    return this.#dueAfterMs === OFF ? Infinity : this.#sinceMs + this.#dueAfterMs;
  }

  /** What fires at `deadlineMs`. */
  get runningTimer(): "timerE" | "timerF" | "timerK" | undefined {
    if (this.#dueAfterMs === OFF) return undefined;
    if (this.#at === completed) return "timerK";
    return this.#dueAfterMs === TRANSACTION_LIFETIME_MS ? "timerF" : "timerE";
  }

  /** It only absorbs what comes late: nothing is sent or told when what runs now fires. */
  get isLingering(): boolean {
    return this.#at === completed;
  }

  start(nowMs: number, out: TransactionOutput[]): void {
    this.#sinceMs = nowMs;
    this.#dueAfterMs = this.#isReliable ? TRANSACTION_LIFETIME_MS : T1_MS;
    out.push({ kind: "send", text: this.#text });
  }

  receive(response: SipResponse, nowMs: number, out: TransactionOutput[]): void {
    const on = this.#at.on;
    this.#step(response.statusCode < 200 ? on["1xx"] : on["2xx-6xx"], nowMs, out, response);
  }

  transportFailed(nowMs: number, out: TransactionOutput[]): void {
    this.#step(this.#at.on.transportError, nowMs, out, undefined);
  }

  /** Fires what is due. A late call sends once, however many retransmissions were missed. */
  advance(nowMs: number, out: TransactionOutput[]): void {
    if (this.deadlineMs > nowMs) return;
    const on = this.#at.on;
    if (this.#at === completed) this.#step(on.timerK, nowMs, out, undefined);
    else if (nowMs >= this.#sinceMs + TRANSACTION_LIFETIME_MS) {
      this.#step(on.timerF, nowMs, out, undefined);
    } else {
      this.#bookTimerE(nowMs);
      this.#step(on.timerE, nowMs, out, undefined);
    }
  }

  /** Intervals double up to T2; in Proceeding every one is T2. */
  #bookTimerE(nowMs: number): void {
    let dueAfterMs = this.#dueAfterMs;
    do {
      const intervalMs = this.#at === proceeding ? T2_MS : Math.min(dueAfterMs + T1_MS, T2_MS);
      dueAfterMs += intervalMs;
    } while (this.#sinceMs + dueAfterMs <= nowMs);
    this.#dueAfterMs = Math.min(dueAfterMs, TRANSACTION_LIFETIME_MS);
  }

  #step(
    row: NonInviteClientRow | undefined,
    nowMs: number,
    out: TransactionOutput[],
    response: SipResponse | undefined,
  ): void {
    if (row === undefined) return;
    for (let at = 0; at < row.actions.length; at += 1) {
      this.#act(row.actions[at] as NonInviteClientAction, out, response);
    }
    out.push(row.moved);
    if (row.next !== this.#at) this.#enter(row.next, nowMs, out);
  }

  #enter(next: NonInviteClientRow["next"], nowMs: number, out: TransactionOutput[]): void {
    this.#at = next;
    // Timers E and F run on from Trying.
    if (next === proceeding) return;
    this.#text = "";
    this.#sinceMs = nowMs;
    this.#dueAfterMs = OFF;
    if (next !== completed) return;
    this.#dueAfterMs = T4_MS;
    // A Timer K of zero seconds fires at once.
    if (this.#isReliable) this.#step(completed.on.timerK, nowMs, out, undefined);
  }

  #act(
    action: NonInviteClientAction,
    out: TransactionOutput[],
    response: SipResponse | undefined,
  ): void {
    switch (action) {
      case "sendRequest":
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
