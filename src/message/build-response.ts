/**
 * Hot path: one 100 for each INVITE, and every answer of our own.
 */
import type { Cause } from "../causes/index.ts";
import {
  fieldId,
  fieldStart,
  scanFieldsLeniently,
  valueEnd,
  valueStart,
  type FieldTable,
} from "./header-fields.ts";
import { Header } from "./header-ids.ts";
import { HEADER_FIELDS_MAX } from "./limits.ts";
import { AnswerableView } from "./malformed.ts";
import { ParsedRequest } from "./parsed-message.ts";
import { reasonPhraseOf } from "./reason-phrases.ts";
import type { AnswerableRequest, SipRequest } from "./types.ts";
import { spliceSource } from "./via-source.ts";

/** An answer of our own below 300: it needs no reason. */
export interface Success {
  readonly kind: "success";
  readonly statusCode: 100 | 180 | 181 | 182 | 183 | 199 | 200 | 202 | 204;
}

/** What we may answer ourselves: a success, or a refusal with its cause. There is no third kind. */
export type OwnOutcome = Success | Cause;

/** The three that are answered most; made once, so that answering makes no object. */
export const TRYING: Success = { kind: "success", statusCode: 100 };
export const RINGING: Success = { kind: "success", statusCode: 180 };
export const OK: Success = { kind: "success", statusCode: 200 };

/** What a response carries beyond what it copies from its request (RFC 3261 §8.2.6.2). */
export interface ResponseOptions {
  /** Added to To unless that has a tag; undefined: none (a 100, RFC 3261 §8.2.6.2). */
  readonly toTag: string | undefined;
  /** Header fields of this response, in order, names as they are to be written. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** One character a byte, like all message text. */
  readonly body?: string;
  readonly contentType?: string;
}

/**
 * The text of a response to that request (RFC 3261 §8.2.6): all Vias (the topmost with `received` and `rport`), From,
 * To, Call-ID and CSeq as they came; a 100 has the Timestamp too (§8.2.6.1). Content-Length last.
 */
export function buildResponse(
  request: SipRequest | AnswerableRequest,
  outcome: OwnOutcome,
  options: ResponseOptions,
): string {
  const { statusCode } = outcome;
  const table = tableOf(request);
  let text = `SIP/2.0 ${statusCode} ${reasonPhraseOf(statusCode)}\r\n`;
  let seen = 0;
  for (let index = 0; index < table.fields.length; index += 1) {
    const id = fieldId(table, index);
    if (id > Header.Cseq && id !== Header.Timestamp) continue;
    if (id === Header.Other || (id === Header.Timestamp && statusCode !== 100)) continue;
    const isFirst = id === Header.Timestamp || (seen & (1 << id)) === 0;
    seen |= id === Header.Timestamp ? 0 : 1 << id;
    // A request with two Froms is refused; the answer repeats the first.
    if (!isFirst && id !== Header.Via) continue;
    const start = fieldStart(table, index);
    const end = valueEnd(table, index, valueStart(table, index));
    if (id === Header.Via && isFirst) text += topViaLine(request, table.text, start, end);
    else text += table.text.slice(start, end);
    if (id === Header.To && request.toTag === undefined && options.toTag !== undefined) {
      text += `;tag=${options.toTag}`;
    }
    text += "\r\n";
  }
  const { headers, body = "", contentType } = options;
  if (headers !== undefined) {
    for (const [name, value] of headers) text += `${name}: ${value}\r\n`;
  }
  if (contentType !== undefined) text += `Content-Type: ${contentType}\r\n`;
  return `${text}Content-Length: ${body.length}\r\n\r\n${body}`;
}

function tableOf(request: SipRequest | AnswerableRequest): FieldTable {
  if (request instanceof ParsedRequest) return request;
  if (request instanceof AnswerableView) return request.table;
  return scanFieldsLeniently(request.text, HEADER_FIELDS_MAX);
}

function topViaLine(
  request: SipRequest | AnswerableRequest,
  text: string,
  start: number,
  end: number,
): string {
  const splices: number[] = [];
  const texts: string[] = [];
  spliceSource(request.topVia, request.source, splices, texts);
  let line = "";
  let cursor = start;
  for (let index = 0; index < texts.length; index += 1) {
    line += text.slice(cursor, splices[2 * index]) + texts[index]!;
    cursor = splices[2 * index + 1]!;
  }
  return line + text.slice(cursor, end);
}
