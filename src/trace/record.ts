import type { TraceValue } from "./trace.ts";

/** A message kept for a request that failed or is pending; a call that worked keeps none. */
export interface KeptMessage {
  readonly atMs: number;
  readonly direction: "in" | "out";
  /** 0 on the caller's side, counting from 1 towards the callees. */
  readonly branch: number;
  /** `udp:192.0.2.1:5060` */
  readonly peer: string;
  /** One char a byte (latin1). Credentials have been taken out. */
  readonly text: string;
}

/** A timer that runs now, for a request that is still pending. */
export interface RunningTimer {
  readonly timer: string;
  readonly branch: number;
  readonly dueAtMs: number;
}

/**
 * What is kept of one request: one server transaction, or one ACK. All records of one Call-ID are a case; each
 * REGISTER is a case of its own.
 */
export interface TraceRecord {
  /** 8 hex digits: `caseIdOf`. */
  readonly caseId: string;
  readonly callId: string;
  readonly method: string;
  readonly requestUri: string;
  /** addr-spec of From and To, as written. */
  readonly from: string;
  readonly to: string;
  /** Who sent it: `udp:192.0.2.1:5060`. */
  readonly peer: string;
  readonly startedAtMs: number;
  /** undefined while it is pending. */
  readonly endedAtMs: number | undefined;
  /** 0 while there is none, and for an ACK. */
  readonly statusCode: number;
  /** Why we said so, or a cause found for a response that we relayed; "" for a success. */
  readonly causeId: string;
  readonly values: readonly TraceValue[];
  /** Events and messages that the limits cost. */
  readonly droppedCount: number;
  readonly messages: readonly KeptMessage[];
  /** Only while pending. */
  readonly timers: readonly RunningTimer[];
}

/**
 * The id of a case: the same for all requests of one Call-ID. FNV-1a over the latin1 text, 32 bits; two calls in a
 * ring of ten thousand share one about once in a hundred rings, and `why` then shows both.
 */
export function caseIdOf(callId: string, discriminator = ""): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < callId.length; at += 1) {
    hash = Math.imul(hash ^ callId.charCodeAt(at), 0x01000193);
  }
  for (let at = 0; at < discriminator.length; at += 1) {
    hash = Math.imul(hash ^ discriminator.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
