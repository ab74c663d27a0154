/**
 * Hot path: the topmost Via of every message (RFC 3261 §20.42, RFC 3581 §3).
 */
import { bytesOf, isLatin1 } from "./bytes.ts";
import * as characters from "./characters.ts";
import { readNumber, skipClass, skipWhite } from "./skip.ts";
import { faultAt } from "./fault.ts";
import { isIpv6, scanHost } from "./host.ts";
import { readParameters, scanParameter, spanIs } from "./parameters.ts";
import type { BranchId, Parameter, Via } from "./types.ts";
import { hostText } from "./uri.ts";

const { COLON, COMMA, DIGIT, DOT, OPEN_BRACKET, SEMICOLON, SLASH, TOKEN } = characters;

const PORT_MAX = 65_535;
const scratch = { nameStart: 0, nameEnd: 0, valueStart: 0, valueEnd: 0 };

/** A Via, and where it stands in the text that it was read from. */
export class ViaView implements Via {
  readonly transport: string;
  readonly host: string;
  readonly port: number | undefined;
  branchId: BranchId | undefined = undefined;
  received: string | undefined = undefined;
  rport: number | undefined = undefined;
  maddr: string | undefined = undefined;
  /** Behind sent-by: where `;received=` goes. */
  readonly sentByEnd: number;
  /** Behind the value: at the comma, or at the end of the header field. */
  end = 0;
  receivedStart = -1;
  receivedEnd = -1;
  rportStart = -1;
  rportEnd = -1;
  readonly #text: string;
  #parameters: readonly Parameter[] | undefined = undefined;

  constructor(
    text: string,
    transport: string,
    host: string,
    port: number | undefined,
    sentByEnd: number,
  ) {
    this.transport = transport;
    this.host = host;
    this.port = port;
    this.sentByEnd = sentByEnd;
    this.#text = text;
  }

  get parameters(): readonly Parameter[] {
    this.#parameters ??= readParameters(this.#text, this.sentByEnd, this.end);
    return this.#parameters;
  }

  /** Notes a parameter that a Via has a place for; false with the fault noted when its value is none. */
  note(
    text: string,
    bytes: Uint8Array,
    nameStart: number,
    nameEnd: number,
    valueStart: number,
    valueEnd: number,
  ): boolean {
    switch (nameEnd - nameStart) {
      case 6:
        if (valueStart !== -1 && spanIs(bytes, nameStart, nameEnd, "branch")) {
          this.branchId ??= text.slice(valueStart, valueEnd) as BranchId;
        }
        return true;
      case 5:
        if (spanIs(bytes, nameStart, nameEnd, "rport")) {
          const port = valueStart === -1 ? 0 : readNumber(bytes, valueStart, valueEnd, PORT_MAX);
          if (port === -1) return faultAt(valueStart, "port") !== -1;
          this.rport = port;
          this.rportStart = nameStart;
          this.rportEnd = valueStart === -1 ? nameEnd : valueEnd;
        } else if (valueStart !== -1 && spanIs(bytes, nameStart, nameEnd, "maddr")) {
          this.maddr = text.slice(valueStart, valueEnd);
        }
        return true;
      case 8:
        if (valueStart !== -1 && spanIs(bytes, nameStart, nameEnd, "received")) {
          const received = withoutBrackets(text, bytes, valueStart, valueEnd);
          if (!isAddress(bytes, valueStart, valueEnd))
            return faultAt(valueStart, "ip-address") !== -1;
          this.received = received;
          this.receivedStart = nameStart;
          this.receivedEnd = valueEnd;
        }
        return true;
      default:
        return true;
    }
  }
}

/** RFC 5118 §4.5: `received` with brackets must be read, and is written without. */
function withoutBrackets(text: string, bytes: Uint8Array, start: number, end: number): string {
  return bytes[start] === 91 && bytes[end - 1] === 93
    ? text.slice(start + 1, end - 1)
    : text.slice(start, end);
}

/**
 * One Via value from `start` up to a comma or `end`.
 *
 * @returns the Via, its `end` at the comma or at `end`; undefined with the fault noted
 */
export function readVia(
  text: string,
  bytes: Uint8Array,
  start: number,
  end: number,
): ViaView | undefined {
  const via = readSentBy(text, bytes, start, end, false);
  return via !== undefined && readViaParameters(via, text, bytes, end) ? via : undefined;
}

/**
 * As much of a Via as can be read: enough to answer a request whose Via has broken parameters, or is of another
 * version of SIP; undefined when even `host:port` is missing.
 */
export function readViaLeniently(
  text: string,
  bytes: Uint8Array,
  start: number,
  end: number,
): ViaView | undefined {
  const via = readSentBy(text, bytes, start, end, true);
  if (via !== undefined) readViaParameters(via, text, bytes, end);
  return via;
}

function readViaParameters(via: ViaView, text: string, bytes: Uint8Array, end: number): boolean {
  let at = skipWhite(bytes, via.sentByEnd, end);
  while (at < end) {
    const code = bytes[at];
    if (code === COMMA) break;
    if (code !== SEMICOLON) return faultAt(at, "via-end") !== -1;
    at = scanParameter(bytes, at, end, scratch);
    if (at === -1) return false;
    if (
      !via.note(
        text,
        bytes,
        scratch.nameStart,
        scratch.nameEnd,
        scratch.valueStart,
        scratch.valueEnd,
      )
    ) {
      return false;
    }
    via.end = at;
  }
  via.end = at;
  return true;
}

function isAddress(bytes: Uint8Array, valueStart: number, valueEnd: number): boolean {
  const isBracketed = bytes[valueStart] === OPEN_BRACKET;
  const start = isBracketed ? valueStart + 1 : valueStart;
  const end = isBracketed ? valueEnd - 1 : valueEnd;
  return isIpv6(bytes, start, end) || scanHost(bytes, start, end) === end;
}

function readSentBy(
  text: string,
  bytes: Uint8Array,
  start: number,
  end: number,
  anyVersion: boolean,
): ViaView | undefined {
  let at = scanProtocol(bytes, skipWhite(bytes, start, end), end, anyVersion);
  if (at === -1) return undefined;
  const transportEnd = skipClass(bytes, at, end, TOKEN);
  if (transportEnd === at) {
    faultAt(at, "via-transport");
    return undefined;
  }
  const transport = transportAt(text, bytes, at, transportEnd);
  at = skipWhite(bytes, transportEnd, end);
  const hostEnd = at === transportEnd ? -1 : scanHost(bytes, at, end);
  if (hostEnd === -1) {
    faultAt(at, "host");
    return undefined;
  }
  const host = hostText(text, at, hostEnd);
  let port: number | undefined;
  let sentByEnd = hostEnd;
  at = skipWhite(bytes, hostEnd, end);
  if (at < end && bytes[at] === COLON) {
    const portStart = skipWhite(bytes, at + 1, end);
    const portEnd = skipClass(bytes, portStart, end, DIGIT);
    port = readNumber(bytes, portStart, portEnd, PORT_MAX);
    if (port === -1) {
      faultAt(portStart, "port");
      return undefined;
    }
    sentByEnd = portEnd;
  }
  const via = new ViaView(text, transport, host, port, sentByEnd);
  via.end = sentByEnd;
  return via;
}

/** `SIP / 2.0 /`, white space wherever it likes to be. */
function scanProtocol(bytes: Uint8Array, start: number, end: number, anyVersion: boolean): number {
  // The spelling that everybody uses, before the general case.
  if (
    bytes[start] === 83 &&
    bytes[start + 1] === 73 &&
    bytes[start + 2] === 80 &&
    bytes[start + 3] === SLASH &&
    bytes[start + 4] === 50 &&
    bytes[start + 5] === DOT &&
    bytes[start + 6] === 48 &&
    bytes[start + 7] === SLASH
  ) {
    return start + 8;
  }
  let at = skipClass(bytes, start, end, TOKEN);
  if (!spanIs(bytes, start, at, "sip")) return faultAt(start, "via-protocol");
  at = skipWhite(bytes, at, end);
  if (at >= end || bytes[at] !== SLASH) return faultAt(at, "via-slash");
  at = skipWhite(bytes, at + 1, end);
  const versionEnd = skipClass(bytes, at, end, TOKEN);
  if (!anyVersion && !spanIs(bytes, at, versionEnd, "2.0")) return faultAt(at, "via-version");
  at = skipWhite(bytes, versionEnd, end);
  if (at >= end || bytes[at] !== SLASH) return faultAt(at, "via-slash");
  return skipWhite(bytes, at + 1, end);
}

function transportAt(text: string, bytes: Uint8Array, start: number, end: number): string {
  if (end - start === 3) {
    if (spanIs(bytes, start, end, "udp")) return "UDP";
    if (spanIs(bytes, start, end, "tcp")) return "TCP";
    if (spanIs(bytes, start, end, "tls")) return "TLS";
  }
  return text.slice(start, end).toUpperCase();
}

/** One Via value; undefined when it is malformed, or when a second value follows. */
export function parseVia(text: string): Via | undefined {
  if (!isLatin1(text)) return undefined;
  const via = readVia(text, bytesOf(text, 0, text.length), 0, text.length);
  return via !== undefined && via.end === text.length ? via : undefined;
}
