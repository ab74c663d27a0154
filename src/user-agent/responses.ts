import {
  buildResponse,
  OK,
  reasonPhraseOf,
  TRYING,
  type ResponseOptions,
  type SipRequest,
} from "../message/index.ts";
import { ALLOWED_METHODS, SOFTWARE_NAME } from "./options.ts";
import type { CoreOutput, ReceivedRequest } from "./output.ts";
import type { HeaderLine } from "./request-factory.ts";

/**
 * The text of any response to that request. Unlike the server's, a refusal here carries no cause: a user agent plays
 * a part, and its script is the reason.
 */
export function responseText(
  request: SipRequest,
  statusCode: number,
  options: ResponseOptions,
): string {
  const headers = [...(options.headers ?? []), ["Server", SOFTWARE_NAME] as const];
  if (statusCode === 100) return buildResponse(request, TRYING, { ...options, headers });
  const text = buildResponse(request, OK, { ...options, headers });
  const startLine = `SIP/2.0 ${statusCode} ${reasonPhraseOf(statusCode)}`;
  return startLine + text.slice(text.indexOf("\r\n"));
}

/** Answers a request that needs no more than a status, the methods we know, and what `headers` say. */
export function refuse(
  received: ReceivedRequest,
  statusCode: number,
  toTag: string,
  out: CoreOutput[],
  headers: readonly HeaderLine[] = [],
): void {
  const allowed: readonly HeaderLine[] =
    statusCode === 405 || statusCode === 200 ? [["Allow", ALLOWED_METHODS]] : [];
  const text = responseText(received.request, statusCode, {
    toTag,
    headers: [...allowed, ...headers],
  });
  out.push({ kind: "respond", to: received, statusCode, text });
}
