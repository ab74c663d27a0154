import type { Malformed } from "../message/index.ts";
import { caseIdOf, Trace, type TraceRecord } from "../trace/index.ts";

/** A malformed message is shown, up to this many bytes. */
const SHOWN_SIZE_BYTES = 4_096;

const CALL_ID = /^(?:call-id|i)[ \t]*:[ \t]*(\S+)/im;
const FIRST_LINE = /^(\S{1,32})[ \t]+(\S{1,256})/;

/** The case of a message that could not be read: what it seems to be, and where it is wrong. */
export function malformedRecord(
  fault: Malformed,
  text: string,
  peer: string,
  nowMs: number,
): TraceRecord {
  const trace = new Trace(nowMs);
  const [, method = "", requestUri = ""] = FIRST_LINE.exec(text) ?? [];
  trace.add("request-received", nowMs, method, requestUri, peer);
  trace.refuse(fault.cause, nowMs);
  const { statusCode } = fault.cause;
  const isAnswered = fault.answerable !== undefined;
  if (isAnswered) trace.add("response-sent", nowMs, statusCode, "", "own", 0);
  const callId = CALL_ID.exec(text)?.[1] ?? "";
  return {
    caseId: caseIdOf(callId === "" ? text.slice(0, SHOWN_SIZE_BYTES) : callId),
    callId,
    method,
    requestUri,
    from: "",
    to: "",
    peer,
    startedAtMs: nowMs,
    endedAtMs: nowMs,
    statusCode: isAnswered ? statusCode : 0,
    causeId: fault.cause.id,
    values: trace.values,
    droppedCount: 0,
    messages: [
      { atMs: nowMs, direction: "in", branch: 0, peer, text: text.slice(0, SHOWN_SIZE_BYTES) },
    ],
    timers: [],
  };
}
