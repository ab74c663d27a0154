import type { SipResponse } from "../message/index.ts";

/** The states of all four machines of RFC 3261 §17, as amended by RFC 6026. */
export type TransactionState =
  | "calling"
  | "trying"
  | "proceeding"
  | "accepted"
  | "completed"
  | "confirmed"
  | "terminated";

/** Give this text to the transport, towards where the first one went (a response: by the flow of the request). */
export interface Send {
  readonly kind: "send";
  readonly text: string;
}

/** A response that its user has not seen yet, or a further 2xx to an INVITE (RFC 6026 §7.2). */
export interface PassUp {
  readonly kind: "passUp";
  readonly response: SipResponse;
}

/** An ACK that matched a 2xx: its user's to handle, as if it had matched nothing (RFC 6026 §7.1). */
export interface PassUpAck {
  readonly kind: "passUpAck";
}

/** The client transaction ended without a final response. Never after one was passed up. */
export interface Failed {
  readonly kind: "failed";
  readonly causeId: "branch-timed-out" | "next-hop-unreachable";
}

/** No response was given for 3.5 s: its user sends 100 now (RFC 4320 §4.1). */
export interface ProvisionalDue {
  readonly kind: "provisionalDue";
}

/** A response its user gave was not sent, and this clause is why. */
export interface Dropped {
  readonly kind: "dropped";
  readonly rfc: string;
}

/** A row of a table ran; `from` and `to` may be the same. One constant for each row. */
export interface Moved {
  readonly kind: "moved";
  readonly from: TransactionState;
  readonly to: TransactionState;
  /** What made it run: a timer's name, a kind of response, `transportError`… */
  readonly signal: string;
  readonly rfc: string;
}

/**
 * Everything a transaction asks for. Those without a payload are constants: a step allocates nothing but `send` and
 * `passUp`. `moved` to "terminated" comes last: forget the machine then.
 */
export type TransactionOutput =
  | Send
  | PassUp
  | PassUpAck
  | Failed
  | ProvisionalDue
  | Dropped
  | Moved;

export const PASS_UP_ACK: PassUpAck = { kind: "passUpAck" };
export const PROVISIONAL_DUE: ProvisionalDue = { kind: "provisionalDue" };
export const TIMED_OUT: Failed = { kind: "failed", causeId: "branch-timed-out" };
export const UNREACHABLE: Failed = { kind: "failed", causeId: "next-hop-unreachable" };
