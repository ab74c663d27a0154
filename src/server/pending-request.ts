import type { SilentCause } from "../causes/index.ts";
import type { SipRequest } from "../message/index.ts";
import {
  caseIdOf,
  Trace,
  type KeptMessage,
  type RunningTimer,
  type TraceRecord,
} from "../trace/index.ts";

const NO_TIMERS: readonly RunningTimer[] = [];
const NO_MESSAGES: readonly KeptMessage[] = [];

/**
 * What is known of one request while it runs: its trace, and its messages in case it fails. Becomes a
 * {@link TraceRecord} at its end, or whenever somebody asks what is pending.
 */
export class PendingRequest {
  readonly request: SipRequest;
  readonly peer: string;
  readonly trace: Trace;
  statusCode = 0;
  causeId = "";
  /** Time, direction, branch, peer and text of each message, one after another: no object a message. */
  readonly #messages: (string | number)[] = [];

  constructor(request: SipRequest, peer: string, nowMs: number) {
    this.request = request;
    this.peer = peer;
    this.trace = new Trace(nowMs);
    this.trace.add("request-received", nowMs, request.method, request.requestUri.text, peer);
    this.note(nowMs, "in", 0, peer, request.text);
  }

  /** Keeps a message until it is known whether it will be wanted. */
  note(nowMs: number, direction: "in" | "out", branch: number, peer: string, text: string): void {
    this.#messages.push(nowMs, direction, branch, peer, text);
  }

  /** What we said at the end, and why. */
  concluded(statusCode: number, cause: SilentCause | undefined): void {
    this.statusCode = statusCode;
    if (cause !== undefined) this.causeId = cause.id;
  }

  /** `endedAtMs` undefined while it runs. A success keeps no messages. */
  toRecord(
    endedAtMs: number | undefined,
    timers: readonly RunningTimer[] = NO_TIMERS,
  ): TraceRecord {
    const { request, trace } = this;
    const isSuccess = endedAtMs !== undefined && this.causeId === "" && this.statusCode < 300;
    const callId = request.callId;
    return {
      caseId: caseIdOfRequest(request),
      callId,
      method: request.method,
      requestUri: request.requestUri.text,
      from: request.from.uri.text,
      to: request.to.uri.text,
      peer: this.peer,
      startedAtMs: trace.startedAtMs,
      endedAtMs,
      statusCode: this.statusCode,
      causeId: this.causeId,
      values: trace.values,
      droppedCount: trace.droppedCount,
      messages: isSuccess ? NO_MESSAGES : this.#keptMessages(),
      timers,
    };
  }

  #keptMessages(): KeptMessage[] {
    const kept: KeptMessage[] = [];
    const values = this.#messages;
    for (let at = 0; at < values.length; at += 5) {
      kept.push({
        atMs: values[at] as number,
        direction: values[at + 1] as "in" | "out",
        branch: values[at + 2] as number,
        peer: values[at + 3] as string,
        text: withoutCredentials(values[at + 4] as string),
      });
    }
    return kept;
  }
}

/** One call is one case; each REGISTER is a case of its own, though a phone uses one Call-ID for all of them. */
function caseIdOfRequest(request: SipRequest): string {
  const { callId, method, cseq } = request;
  return method === "REGISTER" ? caseIdOf(callId, String(cseq.sequenceNumber)) : caseIdOf(callId);
}

const CREDENTIALS = /^((?:proxy-)?authorization[ \t]*:[ \t]*)[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*/gim;

/** Who else reads the case need not get what a password can be guessed from. */
function withoutCredentials(text: string): string {
  return text.includes("uthorization") || text.includes("UTHORIZATION")
    ? text.replaceAll(CREDENTIALS, "$1(taken out)")
    : text;
}
