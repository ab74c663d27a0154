/**
 * Hot path: finds the parts of a URI and decodes nothing (RFC 3261 §19.1.1, §19.1.2; RFC 3966 §3).
 */
import * as characters from "./characters.ts";
import { readNumber, skipClass, skipEscapable } from "./skip.ts";
import { faultAt } from "./fault.ts";
import { scanHost } from "./host.ts";

const {
  ALPHA,
  AT,
  classOf,
  COLON,
  DIGIT,
  EQUALS,
  HEX,
  PASSWORD,
  QUESTION,
  SEMICOLON,
  TOKEN,
  URI_HEADER,
  URI_PARAMETER,
  URIC,
  USER,
} = characters;

export const SIP = 1;
export const SIPS = 2;
export const TEL = 3;
export const OTHER = 4;

const PORT_MAX = 65_535;

/** Where the parts of the URI scanned last stand; -1 for what is not there. Reused by whoever scans. */
export interface UriSpans {
  scheme: number;
  schemeEnd: number;
  userEnd: number;
  passwordEnd: number;
  hostStart: number;
  hostEnd: number;
  port: number;
  /** From the first ";" to its end; empty when there is none. */
  parametersStart: number;
  parametersEnd: number;
}

/** Fresh spans for {@link scanUri}. */
export function uriSpans(): UriSpans {
  return {
    scheme: 0,
    schemeEnd: 0,
    userEnd: -1,
    passwordEnd: -1,
    hostStart: 0,
    hostEnd: 0,
    port: -1,
    parametersStart: 0,
    parametersEnd: 0,
  };
}

/**
 * Checks the URI that stands from `start` to `end` exactly, and notes where its parts are.
 *
 * @returns `end`, or -1 with the fault noted
 */
export function scanUri(bytes: Uint8Array, start: number, end: number, spans: UriSpans): number {
  const scheme = schemeAt(bytes, start, end);
  spans.scheme = scheme;
  if (scheme === SIP || scheme === SIPS) {
    spans.schemeEnd = start + (scheme === SIP ? 3 : 4);
    return scanSip(bytes, spans.schemeEnd + 1, end, spans);
  }
  if (scheme === TEL) {
    spans.schemeEnd = start + 3;
    return scanTel(bytes, start + 4, end, spans);
  }
  return scanOther(bytes, start, end, spans);
}

function schemeAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 4) return OTHER;
  const first = bytes[start]! | 32;
  const second = bytes[start + 1]! | 32;
  const third = bytes[start + 2]! | 32;
  const fourth = bytes[start + 3]!;
  if (first === 115 && second === 105 && third === 112) {
    if (fourth === COLON) return SIP;
    if ((fourth | 32) === 115 && end - start > 4 && bytes[start + 4] === COLON) return SIPS;
  } else if (first === 116 && second === 101 && third === 108 && fourth === COLON) return TEL;
  return OTHER;
}

/** An "@" ends the userinfo wherever it stands: neither parameters nor headers may hold one (RFC 3261 §25.1). */
function scanSip(bytes: Uint8Array, start: number, end: number, spans: UriSpans): number {
  spans.userEnd = -1;
  spans.passwordEnd = -1;
  spans.port = -1;
  let hostStart = start;
  const userEnd = skipEscapable(bytes, start, end, USER);
  if (userEnd < end) {
    const code = bytes[userEnd]!;
    if (code === AT) {
      if (userEnd === start) return faultAt(start, "uri-user");
      spans.userEnd = userEnd;
      hostStart = userEnd + 1;
    } else if (code === COLON) {
      const passwordEnd = skipEscapable(bytes, userEnd + 1, end, PASSWORD);
      if (passwordEnd < end && bytes[passwordEnd] === AT) {
        if (userEnd === start) return faultAt(start, "uri-user-before-password");
        spans.userEnd = userEnd;
        spans.passwordEnd = passwordEnd;
        hostStart = passwordEnd + 1;
      }
    }
  }
  const hostEnd = scanHost(bytes, hostStart, end);
  if (hostEnd === -1) return faultAt(hostStart, "host");
  spans.hostStart = hostStart;
  spans.hostEnd = hostEnd;
  let at = hostEnd;
  if (at < end && bytes[at] === COLON) {
    const portEnd = skipClass(bytes, at + 1, end, DIGIT);
    spans.port = readNumber(bytes, at + 1, portEnd, PORT_MAX);
    if (spans.port === -1) return faultAt(at + 1, "port");
    at = portEnd;
  }
  spans.parametersStart = at;
  at = scanUriParameters(bytes, at, end);
  if (at === -1) return -1;
  spans.parametersEnd = at;
  if (at === end) return end;
  if (bytes[at] !== QUESTION) return faultAt(at, "uri-end");
  return scanUriHeaders(bytes, at + 1, end);
}

function scanUriParameters(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === SEMICOLON) {
    const nameEnd = skipEscapable(bytes, at + 1, end, URI_PARAMETER);
    if (nameEnd === at + 1) return faultAt(nameEnd, "uri-parameter-name");
    at = nameEnd;
    if (at < end && bytes[at] === EQUALS) {
      const valueEnd = skipEscapable(bytes, at + 1, end, URI_PARAMETER);
      if (valueEnd === at + 1) return faultAt(valueEnd, "uri-parameter-value");
      at = valueEnd;
    }
  }
  return at;
}

function scanUriHeaders(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (true) {
    const nameEnd = skipEscapable(bytes, at, end, URI_HEADER);
    if (nameEnd === at) return faultAt(at, "uri-header-name");
    if (nameEnd >= end || bytes[nameEnd] !== EQUALS) {
      return faultAt(nameEnd, "uri-header-equals");
    }
    at = skipEscapable(bytes, nameEnd + 1, end, URI_HEADER);
    if (at === end) return end;
    if (bytes[at] !== 38) return faultAt(at, "uri-header-end");
    at += 1;
  }
}

/** Digits with visual separators, "+" in front when global; a local number may hold hexadecimal digits, "*" and "#". */
function scanTel(bytes: Uint8Array, start: number, end: number, spans: UriSpans): number {
  let at = start;
  const isGlobal = at < end && bytes[at] === 43;
  if (isGlobal) at += 1;
  let digits = 0;
  for (; at < end; at += 1) {
    const code = bytes[at]!;
    const bits = classOf[code]!;
    if ((bits & (isGlobal ? DIGIT : HEX)) !== 0 || (!isGlobal && (code === 42 || code === 35))) {
      digits += 1;
    } else if (code !== 45 && code !== 46 && code !== 40 && code !== 41) break;
  }
  if (digits === 0) return faultAt(start, "telephone-number");
  spans.hostStart = start;
  spans.hostEnd = at;
  spans.parametersStart = at;
  at = scanUriParameters(bytes, at, end);
  if (at === -1) return -1;
  spans.parametersEnd = at;
  return at === end ? end : faultAt(at, "uri-end");
}

function scanOther(bytes: Uint8Array, start: number, end: number, spans: UriSpans): number {
  const schemeEnd = skipClass(bytes, start, end, TOKEN);
  if (schemeEnd === start || (classOf[bytes[start]!]! & ALPHA) === 0) {
    return faultAt(start, "uri");
  }
  if (schemeEnd >= end || bytes[schemeEnd] !== COLON) {
    return faultAt(schemeEnd, "scheme-colon");
  }
  spans.schemeEnd = schemeEnd;
  const at = skipClass(bytes, schemeEnd + 1, end, URIC);
  if (at === schemeEnd + 1) return faultAt(at, "after-scheme");
  return at === end ? end : faultAt(at, "uri-end");
}
