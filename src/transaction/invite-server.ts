import {
  inviteServerSignals,
  inviteServerTable,
  type InviteServerAction,
  type InviteServerSignal,
  type InviteServerState,
} from "./invite-server-table.ts";
import { PASS_UP_ACK, type TransactionOutput } from "./output.ts";
import { OFF, T1_MS, T2_MS, T4_MS, TRANSACTION_LIFETIME_MS } from "./timers.ts";
import { prepare, type Row } from "./transition.ts";

const { proceeding, accepted, completed, confirmed } = prepare(
  inviteServerTable,
  inviteServerSignals,
);
type InviteServerRow = Row<InviteServerState, InviteServerSignal, InviteServerAction>;

/**
 * One INVITE received (RFC 3261 §17.2.1, §17.2.4; RFC 6026 §7.1). Its user responds, 100 at once included; a refusal is
 * repeated until its ACK comes, a 2xx is not: whoever made that repeats it through here. Driven like the others.
 *
 * Hot path: one for each call. Five fields, one of them a boxed number: thousands linger in Accepted for 32 s.
 */
export class InviteServerTransaction {
  readonly #isReliable: boolean;
  #at = proceeding;
  /** The latest provisional response, then the refusal; "" before, and once nothing is repeated any more. */
  #text = "";
  /** When it came to this state. */
  #sinceMs = Infinity;
  /** What fires next, as an offset from that. Timers G and H take turns on it: the earlier one is kept. */
  #dueAfterMs = OFF;

  constructor(options: { readonly reliable: boolean }) {
    this.#isReliable = options.reliable;
  }

  get state(): InviteServerState {
    return this.#at.name;
  }

  /** When `advance` is due; `Infinity` when nothing is pending: until a final response the user keeps the time. */
  get deadlineMs(): number {
    return this.#dueAfterMs === OFF ? Infinity : this.#sinceMs + this.#dueAfterMs;
  }

  /** What fires at `deadlineMs`. */
  get runningTimer(): "timerG" | "timerH" | "timerI" | "timerL" | undefined {
    if (this.#dueAfterMs === OFF) return undefined;
    if (this.#at === accepted) return "timerL";
    if (this.#at === confirmed) return "timerI";
    return this.#dueAfterMs === TRANSACTION_LIFETIME_MS ? "timerH" : "timerG";
  }

  /** It only absorbs what comes late: nothing is sent or told when what runs now fires. */
  get isLingering(): boolean {
    return this.#at === accepted || this.#at === confirmed;
  }

  /** Nothing runs yet and nothing is sent: the 100 is its user's, at once. */
  start(nowMs: number, _out: TransactionOutput[]): void {
    this.#sinceMs = nowMs;
  }

  receiveRetransmission(nowMs: number, out: TransactionOutput[]): void {
    this.#step(this.#at.on.INVITE, nowMs, out, "");
  }

  receiveAck(nowMs: number, out: TransactionOutput[]): void {
    this.#step(this.#at.on.ACK, nowMs, out, "");
  }

  respond(statusCode: number, text: string, nowMs: number, out: TransactionOutput[]): void {
    const on = this.#at.on;
    this.#step(
      statusCode < 200 ? on["1xx"] : statusCode < 300 ? on["2xx"] : on["3xx-6xx"],
      nowMs,
      out,
      text,
    );
  }

  transportFailed(nowMs: number, out: TransactionOutput[]): void {
    this.#step(this.#at.on.transportError, nowMs, out, "");
  }

  /** Fires what is due. A late call sends once, however many retransmissions were missed. */
  advance(nowMs: number, out: TransactionOutput[]): void {
    if (this.deadlineMs > nowMs) return;
    const on = this.#at.on;
    if (this.#at === accepted) this.#step(on.timerL, nowMs, out, "");
    else if (this.#at === confirmed) this.#step(on.timerI, nowMs, out, "");
    else if (nowMs >= this.#sinceMs + TRANSACTION_LIFETIME_MS) {
      this.#step(on.timerH, nowMs, out, "");
    } else {
      this.#bookTimerG(nowMs);
      this.#step(on.timerG, nowMs, out, "");
    }
  }

  /** Intervals double up to T2. */
  #bookTimerG(nowMs: number): void {
    let dueAfterMs = this.#dueAfterMs;
    do dueAfterMs += Math.min(dueAfterMs + T1_MS, T2_MS);
    while (this.#sinceMs + dueAfterMs <= nowMs);
    this.#dueAfterMs = Math.min(dueAfterMs, TRANSACTION_LIFETIME_MS);
  }

  #step(
    row: InviteServerRow | undefined,
    nowMs: number,
    out: TransactionOutput[],
    text: string,
  ): void {
    if (row === undefined) return;
    for (let at = 0; at < row.actions.length; at += 1) {
      switch (row.actions[at] as InviteServerAction) {
        case "send":
          this.#text = text;
          out.push({ kind: "send", text });
          break;
        case "sendAgain":
          if (this.#text !== "") out.push({ kind: "send", text: this.#text });
          break;
        case "passUpAck":
          out.push(PASS_UP_ACK);
          break;
        case "drop":
          out.push(row.dropped);
          break;
      }
    }
    out.push(row.moved);
    if (row.next !== this.#at) this.#enter(row.next, nowMs, out);
    if (this.#at !== proceeding && this.#at !== completed) this.#text = "";
  }

  #enter(next: InviteServerRow["next"], nowMs: number, out: TransactionOutput[]): void {
    this.#at = next;
    this.#sinceMs = nowMs;
    this.#dueAfterMs = OFF;
    if (next === accepted) this.#dueAfterMs = TRANSACTION_LIFETIME_MS;
    else if (next === completed) {
      this.#dueAfterMs = this.#isReliable ? TRANSACTION_LIFETIME_MS : T1_MS;
    } else if (next === confirmed) {
      this.#dueAfterMs = T4_MS;
      // A Timer I of zero seconds fires at once.
      if (this.#isReliable) this.#step(confirmed.on.timerI, nowMs, out, "");
    }
  }
}
