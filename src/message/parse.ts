/**
 * Hot path: every message comes through here. One pass over the header fields; what every element needs is read at
 * once (start line, topmost Via, From, To, Call-ID, CSeq, Max-Forwards, Content-Length), the rest is only found.
 * Strings taken out of a message are slices that keep the whole text alive: `detached` is for those that outlive it.
 */
import type { CauseId } from "../causes/index.ts";
import { bytesOf } from "./bytes.ts";
import * as characters from "./characters.ts";
import { readNumber, skipClass, skipWhite, trimEnd } from "./skip.ts";
import { faultAt, lastFault } from "./fault.ts";
import { emptyLineSize, endOfField, packField } from "./header-fields.ts";
import { Header, type HeaderId } from "./header-ids.ts";
import { foundColon, foundId, scanHeaderName } from "./header-lookup.ts";
import { headerNameOf } from "./header-names.ts";
import {
  HEADER_BLOCK_SIZE_BYTES_MAX,
  HEADER_FIELD_SIZE_BYTES_MAX,
  HEADER_FIELDS_MAX,
  MESSAGE_SIZE_BYTES_MAX,
} from "./limits.ts";
import { malformed } from "./malformed.ts";
import { isMethod, methodAt } from "./methods.ts";
import { nameAddrSpans, scanNameAddr } from "./name-addr.ts";
import { spanIs } from "./parameters.ts";
import { ParsedRequest, ParsedResponse, type Found } from "./parsed-message.ts";
import type { Malformed, SipMessage, Source } from "./types.ts";
import { readUri } from "./uri.ts";
import { readVia, ViaView } from "./via.ts";

const { CR, DIGIT, LF, SPACE, TOKEN, VISIBLE } = characters;
const { Via, From, To, CallId, Cseq, MaxForwards, ContentLength, Contact, Other } = Header;

const CSEQ_MAX = 4_294_967_295;
const MAX_FORWARDS_MAX = 255;

/** Filled anew for each message; what a message keeps is copied out of it. */
const found: Found = {
  text: "",
  start: 0,
  fields: [],
  headersStart: 0,
  headersEnd: 0,
  bodyOffset: 0,
  bodyEnd: 0,
  topVia: new ViaView("", "", "", undefined, 0),
  callId: "",
  cseq: { sequenceNumber: 0, method: "" },
  fromStart: 0,
  fromEnd: 0,
  fromTag: undefined,
  toStart: 0,
  toEnd: 0,
  toTag: undefined,
  maxForwards: -1,
};
const addressScratch = nameAddrSpans();

/**
 * Reads a whole message, one character a byte. What a datagram holds behind the body that Content-Length declares is
 * not part of it (RFC 3261 §18.3); without Content-Length the body goes to the end. `source` is noted on a request,
 * for `received` and `rport`. A start line is method, URI and version, or version, status and phrase, with single spaces
 * (RFC 3261 §7.1, §7.2); what every later step needs is well-formed or the whole is not (RFC 3261 §16.3 step 1).
 */
export function parseMessage(text: string, source?: Source): SipMessage | Malformed {
  if (text.length > MESSAGE_SIZE_BYTES_MAX) {
    return tooLarge(text, MESSAGE_SIZE_BYTES_MAX, text.length, MESSAGE_SIZE_BYTES_MAX, source);
  }
  const bytes = bytesOf(text, 0, text.length);
  let start = 0;
  // RFC 3261 §7.5: empty lines before the start line are ignored.
  while (bytes[start]! <= CR && emptyLineSize(text, start) > 0) {
    start += emptyLineSize(text, start);
  }
  const lineFeed = text.indexOf("\n", start);
  const lineEnd = lineFeed > start && bytes[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed;
  if (lineFeed === -1) {
    faultAt(text.length, "line-break-after-start-line");
    return fault(text, "start-line-malformed", undefined, source);
  }
  found.text = text;
  found.start = start;
  found.headersStart = lineFeed + 1;
  found.fields = [];
  if (isResponse(bytes, start)) return parseResponse(text, bytes, start, lineEnd);
  return parseRequest(text, bytes, start, lineEnd, source);
}

function isResponse(bytes: Uint8Array, start: number): boolean {
  return bytes[start + 3] === 47 && spanIs(bytes, start, start + 3, "sip");
}

function parseRequest(
  text: string,
  bytes: Uint8Array,
  start: number,
  lineEnd: number,
  source: Source | undefined,
): SipMessage | Malformed {
  const methodEnd = skipClass(bytes, start, lineEnd, TOKEN);
  let versionStart = lineEnd;
  while (versionStart > start && bytes[versionStart - 1] !== SPACE) versionStart -= 1;
  if (methodEnd === start || bytes[methodEnd] !== SPACE) {
    faultAt(methodEnd, "method");
    return fault(text, "start-line-malformed", undefined, source);
  }
  if (versionStart <= methodEnd + 1) {
    faultAt(lineEnd, "version");
    return fault(text, "start-line-malformed", undefined, source);
  }
  if (scanVersion(bytes, versionStart, lineEnd) === -1) {
    return fault(text, versionFault(bytes, versionStart, lineEnd), undefined, source);
  }
  const requestUri = readUri(text, bytes, methodEnd + 1, versionStart - 1);
  if (requestUri === undefined) return fault(text, "request-uri-malformed", undefined, source);
  const method = methodAt(text, bytes, start, methodEnd);
  const failed = readHeaderFields(text, bytes, method, source);
  return failed ?? new ParsedRequest(found, method, requestUri, source);
}

function parseResponse(
  text: string,
  bytes: Uint8Array,
  start: number,
  lineEnd: number,
): SipMessage | Malformed {
  const versionEnd = start + 7;
  if (scanVersion(bytes, start, versionEnd) === -1) {
    const space = text.indexOf(" ", start);
    const end = space === -1 || space > lineEnd ? lineEnd : space;
    return fault(text, versionFault(bytes, start, end), undefined, undefined);
  }
  const codeEnd = versionEnd + 4;
  const statusCode = codeEnd > lineEnd ? -1 : readNumber(bytes, versionEnd + 1, codeEnd, 699);
  if (bytes[versionEnd] !== SPACE || statusCode < 100) {
    faultAt(versionEnd + 1, "status-code");
    return fault(text, "start-line-malformed", undefined, undefined);
  }
  if (!endsLines(bytes, codeEnd, lineEnd)) {
    return fault(text, "start-line-malformed", undefined, undefined);
  }
  // The space stays when the reason phrase is empty (RFC 4475 §3.1.1.13); one that is gone too does no harm.
  if (codeEnd < lineEnd && bytes[codeEnd] !== SPACE) {
    faultAt(codeEnd, "reason-phrase");
    return fault(text, "start-line-malformed", undefined, undefined);
  }
  const reasonPhrase = codeEnd < lineEnd ? text.slice(codeEnd + 1, lineEnd) : "";
  const failed = readHeaderFields(text, bytes, undefined, undefined);
  return failed ?? new ParsedResponse(found, statusCode, reasonPhrase);
}

/** RFC 3261 §7.1: compared without regard to case. */
function scanVersion(bytes: Uint8Array, start: number, end: number): number {
  return end - start === 7 && spanIs(bytes, start, end, "sip/2.0")
    ? end
    : faultAt(start, "version-at-end");
}

function versionFault(bytes: Uint8Array, start: number, end: number): CauseId {
  const slash = start + 3;
  if (bytes[slash] !== 47 || !spanIs(bytes, start, slash, "sip")) return "start-line-malformed";
  const majorEnd = skipClass(bytes, slash + 1, end, DIGIT);
  const minorEnd = skipClass(bytes, majorEnd + 1, end, DIGIT);
  const isVersion =
    majorEnd > slash + 1 && bytes[majorEnd] === 46 && minorEnd > majorEnd + 1 && minorEnd === end;
  return isVersion ? "version-unsupported" : "start-line-malformed";
}

function fault(
  text: string,
  causeId: CauseId,
  headerName: string | undefined,
  source: Source | undefined,
): Malformed {
  const { offset, expected } = lastFault;
  return malformed(text, { causeId, offset, expected, headerName }, source);
}

/** Whether each CR from that one (-1: there is none) up to `end` stands before an LF; if not, the fault is noted. */
function endsLines(bytes: Uint8Array, carriageReturn: number, end: number): boolean {
  if (carriageReturn === -1) return true;
  for (let at = carriageReturn; at < end; at += 1) {
    if (bytes[at] === CR && bytes[at + 1] !== LF) {
      faultAt(at + 1, "line-feed");
      return false;
    }
  }
  return true;
}

/** `method` is undefined in a response, where CSeq need not match anything here. */
function readHeaderFields(
  text: string,
  bytes: Uint8Array,
  method: string | undefined,
  source: Source | undefined,
): Malformed | undefined {
  const { fields } = found;
  const length = text.length;
  let at = found.headersStart;
  let seen = 0;
  let contentLength = -1;
  let contentLengthAt = 0;
  found.maxForwards = -1;
  while (true) {
    const code = bytes[at]!;
    if (code === CR || code === LF) {
      const size = emptyLineSize(text, at);
      if (size > 0) {
        found.headersEnd = at;
        found.bodyOffset = at + size;
        break;
      }
    }
    if (at >= length) {
      faultAt(length, "empty-line");
      return fault(text, "header-malformed", undefined, source);
    }
    const name = scanHeaderName(bytes, at, length);
    if (name === -1) return fault(text, "header-malformed", undefined, source);
    const id = foundId(name);
    const end = endOfField(text, foundColon(name) + 1);
    if (end === -1) {
      faultAt(length, "line-break-after-field");
      return fault(text, "header-malformed", headerNameOf(id) || undefined, source);
    }
    if (fields.length === HEADER_FIELDS_MAX) {
      faultAt(at, "fewer-fields");
      return fault(text, "header-malformed", headerNameOf(id) || undefined, source);
    }
    if (end - at > HEADER_FIELD_SIZE_BYTES_MAX) {
      return tooLarge(text, at, end - at, HEADER_FIELD_SIZE_BYTES_MAX, source);
    }
    if (end - found.start > HEADER_BLOCK_SIZE_BYTES_MAX) {
      return tooLarge(text, at, end - found.start, HEADER_BLOCK_SIZE_BYTES_MAX, source);
    }
    // A CR that ends no line is one to some readers: what we took for one field they would take for two.
    const carriageReturn = text.indexOf("\r", foundColon(name));
    if (carriageReturn !== end - 2 && !endsLines(bytes, carriageReturn, end)) {
      return fault(text, faultCause(id), headerNameOf(id) || undefined, source);
    }
    fields.push(packField(at, id));
    if (id !== Other && id <= ContentLength && id !== Contact) {
      const valueStart = skipWhite(bytes, foundColon(name) + 1, end);
      const valueEnd = trimEnd(bytes, valueStart, end);
      const isRepeated = (seen & (1 << id)) !== 0;
      if (isRepeated && id !== Via) {
        faultAt(at, "only-field");
        return fault(text, faultCause(id), headerNameOf(id), source);
      }
      seen |= 1 << id;
      let isRead = true;
      if (id === Via) {
        if (!isRepeated) isRead = readTopVia(text, bytes, valueStart, valueEnd);
      } else if (id === From) isRead = readFrom(text, bytes, valueStart, valueEnd);
      else if (id === To) isRead = readTo(text, bytes, valueStart, valueEnd);
      else if (id === CallId) isRead = readCallId(text, bytes, valueStart, valueEnd);
      else if (id === Cseq) isRead = readCseq(text, bytes, valueStart, valueEnd, method);
      else if (id === MaxForwards) isRead = readMaxForwards(bytes, valueStart, valueEnd);
      else {
        contentLength = readNumber(bytes, valueStart, valueEnd, MESSAGE_SIZE_BYTES_MAX);
        contentLengthAt = valueStart;
      }
      if (!isRead) return fault(text, faultCause(id), headerNameOf(id), source);
    }
    at = end;
  }
  if ((seen & REQUIRED) !== REQUIRED) {
    faultAt(found.headersEnd, "mandatory-fields");
    return fault(text, "header-missing", missingName(seen), source);
  }
  if ((seen & (1 << ContentLength)) === 0) found.bodyEnd = length;
  else {
    // RFC 3261 §18.3: a datagram that is cut short is an error; one that goes on is cut.
    if (contentLength === -1 || contentLength > length - found.bodyOffset) {
      faultAt(contentLengthAt, "body-present");
      return fault(text, "content-length-wrong", "Content-Length", source);
    }
    found.bodyEnd = found.bodyOffset + contentLength;
  }
  return undefined;
}

function tooLarge(
  text: string,
  offset: number,
  sizeBytes: number,
  limitBytes: number,
  source: Source | undefined,
): Malformed {
  const expected = "fewer-bytes";
  const size = { sizeBytes, limitBytes };
  const causeId = "message-too-large";
  return malformed(text, { causeId, offset, expected, headerName: undefined, size }, source);
}

/** RFC 3261 §8.1.1 without Max-Forwards, which RFC 2543 did not have (§16.3 step 3). */
const required = [Via, From, To, CallId, Cseq] as const;
const REQUIRED = required.reduce<number>((bits, id) => bits | (1 << id), 0);

function missingName(seen: number): string {
  for (const id of required) if ((seen & (1 << id)) === 0) return headerNameOf(id);
  return "";
}

function faultCause(id: HeaderId): CauseId {
  if (id === Via) return "via-malformed";
  if (id === ContentLength) return "content-length-wrong";
  return id === Cseq ? "cseq-malformed" : "header-malformed";
}

function readTopVia(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  const via = readVia(text, bytes, start, end);
  if (via === undefined) return false;
  found.topVia = via;
  return true;
}

function readFrom(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  const spans = addressScratch;
  if (scanNameAddr(bytes, start, end, spans) === -1) return false;
  found.fromStart = start;
  found.fromEnd = end;
  found.fromTag = spans.tagStart === -1 ? undefined : text.slice(spans.tagStart, spans.tagEnd);
  return true;
}

function readTo(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  const spans = addressScratch;
  if (scanNameAddr(bytes, start, end, spans) === -1) return false;
  found.toStart = start;
  found.toEnd = end;
  found.toTag = spans.tagStart === -1 ? undefined : text.slice(spans.tagStart, spans.tagEnd);
  return true;
}

function readCallId(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end) {
    faultAt(start, "call-id");
    return false;
  }
  const stop = skipClass(bytes, start, end, VISIBLE);
  if (stop < end) {
    faultAt(stop, "call-id-end");
    return false;
  }
  found.callId = text.slice(start, end);
  return true;
}

/** `1*DIGIT LWS Method`; the method is the request's own (RFC 3261 §8.1.1.5). */
function readCseq(
  text: string,
  bytes: Uint8Array,
  start: number,
  end: number,
  method: string | undefined,
): boolean {
  const numberEnd = skipClass(bytes, start, end, DIGIT);
  const sequenceNumber = readNumber(bytes, start, numberEnd, CSEQ_MAX);
  if (sequenceNumber === -1) {
    faultAt(start, "sequence-number");
    return false;
  }
  const methodStart = skipWhite(bytes, numberEnd, end);
  const methodEnd = skipClass(bytes, methodStart, end, TOKEN);
  if (methodStart === numberEnd || methodEnd === methodStart || methodEnd !== end) {
    faultAt(methodStart, "cseq-method");
    return false;
  }
  if (method === undefined) {
    found.cseq = { sequenceNumber, method: methodAt(text, bytes, methodStart, methodEnd) };
    return true;
  }
  if (!isMethod(bytes, methodStart, end, method)) {
    faultAt(methodStart, "request-method");
    return false;
  }
  found.cseq = { sequenceNumber, method };
  return true;
}

function readMaxForwards(bytes: Uint8Array, start: number, end: number): boolean {
  found.maxForwards = readNumber(bytes, start, end, MAX_FORWARDS_MAX);
  if (found.maxForwards !== -1) return true;
  faultAt(start, "number-to-255");
  return false;
}
