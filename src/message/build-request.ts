import { assert } from "../base/assert.ts";
import {
  fieldId,
  fieldStart,
  findField,
  valueEnd,
  valueStart,
  type FieldTable,
} from "./header-fields.ts";
import { Header, type HeaderId } from "./header-ids.ts";
import { ParsedRequest, ParsedResponse } from "./parsed-message.ts";
import type { SipRequest, SipResponse } from "./types.ts";

/** A request before it is text. Nothing is checked or added but Content-Length: a test may build a wrong one. */
export interface RequestParts {
  readonly method: string;
  readonly requestUri: string;
  /** In the order they are written, Content-Length excepted. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** One character a byte, like all message text. */
  readonly body?: string;
}

/** The text of a request of our own; Content-Length is added, everything else is the caller's. */
export function buildRequest({ method, requestUri, headers, body = "" }: RequestParts): string {
  let text = `${method} ${requestUri} SIP/2.0\r\n`;
  for (const [name, value] of headers) text += `${name}: ${value}\r\n`;
  return `${text}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/**
 * The ACK for a non-2xx response (RFC 3261 §17.1.1.3): Request-URI, topmost Via, From, Call-ID, sequence number and
 * Routes of the INVITE as it was sent, To of the response.
 */
export function buildAck(invite: SipRequest, response: SipResponse): string {
  assert(response instanceof ParsedResponse, "an ACK answers a response that was parsed");
  return withinTransaction(invite, "ACK", fieldLine(response, Header.To));
}

/**
 * The CANCEL for an INVITE as it was sent (RFC 3261 §9.1): its Request-URI, topmost Via, From, To, Call-ID, Routes, and
 * nothing else: no Require (RFC 3261 §8.2.2.3).
 */
export function buildCancel(invite: SipRequest): string {
  assert(invite instanceof ParsedRequest, "a CANCEL cancels a request that was parsed");
  return withinTransaction(invite, "CANCEL", fieldLine(invite, Header.To));
}

function withinTransaction(invite: SipRequest, method: string, toLine: string): string {
  assert(invite instanceof ParsedRequest, "the INVITE was parsed");
  const viaAt = findField(invite, Header.Via, 0);
  const topVia = invite.text.slice(valueStart(invite, viaAt), invite.topVia.end).trimEnd();
  let text = `${method} ${invite.requestUri.text} SIP/2.0\r\nVia: ${topVia}\r\n`;
  for (let index = 0; index < invite.fields.length; index += 1) {
    if (fieldId(invite, index) === Header.Route) text += lineAt(invite, index);
  }
  return `${text}Max-Forwards: 70\r\n${fieldLine(invite, Header.From)}${toLine}${fieldLine(invite, Header.CallId)}CSeq: ${invite.cseq.sequenceNumber} ${method}\r\nContent-Length: 0\r\n\r\n`;
}

function fieldLine(table: FieldTable, id: HeaderId): string {
  return lineAt(table, findField(table, id, 0));
}

function lineAt(table: FieldTable, index: number): string {
  const end = valueEnd(table, index, valueStart(table, index));
  return `${table.text.slice(fieldStart(table, index), end)}\r\n`;
}
