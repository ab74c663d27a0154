/**
 * Hot path: From and To of every message are scanned here; the rest is built when somebody asks.
 */
import { bytesOf, isLatin1 } from "./bytes.ts";
import * as characters from "./characters.ts";
import { skipQuoted, skipWhite, trimEnd } from "./skip.ts";
import { faultAt } from "./fault.ts";
import { readParameters, scanParameter, spanIs, unquote } from "./parameters.ts";
import type { NameAddr, Parameter, Uri } from "./types.ts";
import { buildUri } from "./uri.ts";
import { scanUri, uriSpans } from "./uri-scan.ts";

const { classOf, COMMA, DISPLAY, GREATER_THAN, LESS_THAN, QUESTION, QUOTE, SEMICOLON, WHITE } =
  characters;

/** Where the parts of the name-addr scanned last stand. Reused by whoever scans. */
export interface NameAddrSpans {
  /** -1 when there is no display name. */
  displayStart: number;
  displayEnd: number;
  uriStart: number;
  uriEnd: number;
  parametersStart: number;
  /** -1 when there is no tag. */
  tagStart: number;
  tagEnd: number;
}

/** Fresh spans for {@link scanNameAddr}. */
export function nameAddrSpans(): NameAddrSpans {
  return {
    displayStart: -1,
    displayEnd: -1,
    uriStart: 0,
    uriEnd: 0,
    parametersStart: 0,
    tagStart: -1,
    tagEnd: -1,
  };
}

const uriScratch = uriSpans();
const parameterScratch = { nameStart: 0, nameEnd: 0, valueStart: 0, valueEnd: 0 };
const scratch = nameAddrSpans();

/**
 * Checks `(name-addr / addr-spec) *(SEMI generic-param)` from `start` to `end` exactly (RFC 3261 §20.10, §20.20, §25.1), and
 * notes where the parts and the tag are. In the addr-spec form a ";" belongs to the header field, and "," and "?" are
 * faults.
 *
 * @returns `end`, or -1 with the fault noted
 */
export function scanNameAddr(
  bytes: Uint8Array,
  start: number,
  end: number,
  spans: NameAddrSpans,
): number {
  let at = skipWhite(bytes, start, end);
  spans.displayStart = -1;
  spans.displayEnd = -1;
  spans.tagStart = -1;
  spans.tagEnd = -1;
  const first = at;
  let isBracketed = false;
  if (at < end && bytes[at] === QUOTE) {
    const close = skipQuoted(bytes, at, end);
    if (close === -1) return faultAt(at, "closed-display-name");
    spans.displayStart = at;
    spans.displayEnd = close;
    at = skipWhite(bytes, close, end);
    if (at >= end || bytes[at] !== LESS_THAN) return faultAt(at, "angle-bracket");
    isBracketed = true;
  } else {
    while (at < end && (classOf[bytes[at]!]! & DISPLAY) !== 0) at += 1;
    if (at < end && bytes[at] === LESS_THAN) {
      isBracketed = true;
      const displayEnd = trimEnd(bytes, first, at);
      if (displayEnd > first) {
        spans.displayStart = first;
        spans.displayEnd = displayEnd;
      }
    }
  }
  if (isBracketed) {
    let close = at + 1;
    while (close < end && bytes[close] !== GREATER_THAN) close += 1;
    if (close >= end) return faultAt(at, "closed-angle-bracket");
    spans.uriStart = at + 1;
    spans.uriEnd = close;
    at = skipWhite(bytes, close + 1, end);
  } else {
    at = endOfAddrSpec(bytes, first, end);
    spans.uriStart = first;
    spans.uriEnd = at;
    at = skipWhite(bytes, at, end);
  }
  if (scanUri(bytes, spans.uriStart, spans.uriEnd, uriScratch) === -1) return -1;
  spans.parametersStart = at;
  return scanTail(bytes, at, end, spans);
}

function endOfAddrSpec(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const code = bytes[at]!;
    if (code === SEMICOLON || code === COMMA || code === QUESTION || code === GREATER_THAN) break;
    if ((classOf[code]! & WHITE) !== 0) break;
    at += 1;
  }
  return at;
}

function scanTail(bytes: Uint8Array, start: number, end: number, spans: NameAddrSpans): number {
  let at = start;
  const parameter = parameterScratch;
  while (at < end) {
    if (bytes[at] !== SEMICOLON) return faultAt(at, "semicolon-or-end");
    at = scanParameter(bytes, at, end, parameter);
    if (at === -1) return -1;
    if (
      parameter.nameEnd - parameter.nameStart === 3 &&
      spans.tagStart === -1 &&
      spanIs(bytes, parameter.nameStart, parameter.nameEnd, "tag")
    ) {
      if (parameter.valueStart === -1) return faultAt(parameter.nameEnd, "tag-value");
      spans.tagStart = parameter.valueStart;
      spans.tagEnd = parameter.valueEnd;
    }
  }
  return end;
}

class NameAddrView implements NameAddr {
  readonly displayName: string | undefined;
  readonly uri: Uri;
  readonly #text: string;
  #parameters: readonly Parameter[] | undefined = undefined;

  constructor(text: string, end: number, spans: NameAddrSpans) {
    this.displayName =
      spans.displayStart === -1
        ? undefined
        : unfold(unquote(text.slice(spans.displayStart, spans.displayEnd)));
    this.uri = buildUri(text, spans.uriStart, spans.uriEnd, uriScratch);
    this.#text = text.slice(spans.parametersStart, end);
  }

  get parameters(): readonly Parameter[] {
    this.#parameters ??= readParameters(this.#text, 0, this.#text.length);
    return this.#parameters;
  }
}

/** A folded value on one line: each fold is one space (RFC 3261 §7.3.1). */
export function unfold(value: string): string {
  return value.includes("\n") ? value.replace(/[ \t]*\r?\n[ \t]+/g, " ") : value;
}

/** The name-addr that stands there exactly; undefined with the fault noted when it is malformed. */
export function readNameAddr(
  text: string,
  bytes: Uint8Array,
  start: number,
  end: number,
): NameAddr | undefined {
  return scanNameAddr(bytes, start, end, scratch) === -1
    ? undefined
    : new NameAddrView(text, end, scratch);
}

/** One value of From, To, Contact, Route…: name-addr or addr-spec with the header field's parameters. */
export function parseNameAddr(text: string): NameAddr | undefined {
  return isLatin1(text)
    ? readNameAddr(text, bytesOf(text, 0, text.length), 0, text.length)
    : undefined;
}
