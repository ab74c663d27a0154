import {
  nonInviteServerSignals,
  nonInviteServerTable,
  type NonInviteServerAction,
  type NonInviteServerSignal,
  type NonInviteServerState,
} from "./non-invite-server-table.ts";
import { PROVISIONAL_DUE, type TransactionOutput } from "./output.ts";
import { OFF, PROVISIONAL_DUE_MS, TRANSACTION_LIFETIME_MS } from "./timers.ts";
import { prepare, type Row } from "./transition.ts";

const { trying, proceeding, completed, terminated } = prepare(
  nonInviteServerTable,
  nonInviteServerSignals,
);
type NonInviteServerRow = Row<NonInviteServerState, NonInviteServerSignal, NonInviteServerAction>;

/**
 * One request received, other than INVITE and ACK (RFC 3261 §17.2.2, RFC 4320). It ends by itself when its user does
 * not respond within 64*T1: the client has given up by then, and a 408 would only find that out. Driven like the
 * others.
 *
 * Hot path: one for each BYE, REGISTER, OPTIONS. Five fields, one of them a boxed number.
 */
export class NonInviteServerTransaction {
  readonly #isReliable: boolean;
  #at = trying;
  /** The latest response; "" before there is one. */
  #text = "";
  /** When it started; once completed, when that was. */
  #sinceMs = Infinity;
  /** What fires next, as an offset from that. */
  #dueAfterMs = OFF;

  constructor(options: { readonly reliable: boolean }) {
    this.#isReliable = options.reliable;
  }

  get state(): NonInviteServerState {
    return this.#at.name;
  }

  /** When `advance` is due; `Infinity` when nothing is pending. */
  get deadlineMs(): number {
    return this.#dueAfterMs === OFF ? Infinity : this.#sinceMs + this.#dueAfterMs;
  }

  /** What fires at `deadlineMs`. */
  get runningTimer(): "provisionalDue" | "clientGaveUp" | "timerJ" | undefined {
    if (this.#dueAfterMs === OFF) return undefined;
    if (this.#at === completed) return "timerJ";
    return this.#dueAfterMs === PROVISIONAL_DUE_MS ? "provisionalDue" : "clientGaveUp";
  }

  /** It only absorbs what comes late: nothing is sent or told when what runs now fires. */
  get isLingering(): boolean {
    return this.#at === completed;
  }

  start(nowMs: number, _out: TransactionOutput[]): void {
    this.#sinceMs = nowMs;
    this.#dueAfterMs = PROVISIONAL_DUE_MS;
  }

  receiveRetransmission(nowMs: number, out: TransactionOutput[]): void {
    this.#step(this.#at.on.request, nowMs, out, "");
  }

  respond(statusCode: number, text: string, nowMs: number, out: TransactionOutput[]): void {
    // Too late, even if nobody has called `advance` yet.
    if (this.#at !== completed && nowMs >= this.#sinceMs + TRANSACTION_LIFETIME_MS) {
      this.#step(this.#at.on.clientGaveUp, nowMs, out, "");
    }
    const on = this.#at.on;
    if (statusCode === 408) this.#step(on["408"], nowMs, out, text);
    else if (statusCode >= 200) this.#step(on["2xx-6xx"], nowMs, out, text);
    else if (this.#mayBeProvisional(statusCode, nowMs)) this.#step(on["1xx"], nowMs, out, text);
    else this.#step(on.forbidden1xx, nowMs, out, text);
  }

  transportFailed(nowMs: number, out: TransactionOutput[]): void {
    this.#step(this.#at.on.transportError, nowMs, out, "");
  }

  /** Fires what is due. */
  advance(nowMs: number, out: TransactionOutput[]): void {
    if (this.deadlineMs > nowMs) return;
    const on = this.#at.on;
    if (this.#at === completed) this.#step(on.timerJ, nowMs, out, "");
    else if (nowMs >= this.#sinceMs + TRANSACTION_LIFETIME_MS) {
      this.#step(on.clientGaveUp, nowMs, out, "");
    } else {
      this.#dueAfterMs = TRANSACTION_LIFETIME_MS;
      this.#step(on.provisionalDue, nowMs, out, "");
    }
  }

  /** Only 100, and over an unreliable transport not before 3.5 s (RFC 4320 §4.1). */
  #mayBeProvisional(statusCode: number, nowMs: number): boolean {
    return statusCode === 100 && (this.#isReliable || nowMs >= this.#sinceMs + PROVISIONAL_DUE_MS);
  }

  #step(
    row: NonInviteServerRow | undefined,
    nowMs: number,
    out: TransactionOutput[],
    text: string,
  ): void {
    if (row === undefined) return;
    for (let at = 0; at < row.actions.length; at += 1) {
      switch (row.actions[at] as NonInviteServerAction) {
        case "send":
          this.#text = text;
          out.push({ kind: "send", text });
          break;
        case "sendAgain":
          out.push({ kind: "send", text: this.#text });
          break;
        case "askForProvisional":
          out.push(PROVISIONAL_DUE);
          break;
        case "drop":
          out.push(row.dropped);
          break;
      }
    }
    out.push(row.moved);
    if (row.next !== this.#at) this.#enter(row.next, nowMs, out);
  }

  #enter(next: NonInviteServerRow["next"], nowMs: number, out: TransactionOutput[]): void {
    this.#at = next;
    if (next === proceeding) {
      this.#dueAfterMs = TRANSACTION_LIFETIME_MS;
    } else if (next === completed) {
      this.#sinceMs = nowMs;
      this.#dueAfterMs = TRANSACTION_LIFETIME_MS;
      // A Timer J of zero seconds fires at once.
      if (this.#isReliable) this.#step(completed.on.timerJ, nowMs, out, "");
    } else if (next === terminated) {
      this.#text = "";
      this.#dueAfterMs = OFF;
    }
  }
}
