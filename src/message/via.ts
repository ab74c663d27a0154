/**
 * Hot path: the topmost Via of every message (RFC 3261 §20.42, RFC 3581 §3).
 */
import * as characters from "./characters.ts";
import { readNumber, skipClass, skipWhite } from "./skip.ts";
import { faultAt } from "./fault.ts";
import { isIpv6, scanHost } from "./host.ts";
import { readParameters, scanParameter, spanIs } from "./parameters.ts";
import type { BranchId, Parameter, Via } from "./types.ts";
import { hostText } from "./uri.ts";

const { COLON, COMMA, DIGIT, SEMICOLON, SLASH, TOKEN } = characters;

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
    nameStart: number,
    nameEnd: number,
    valueStart: number,
    valueEnd: number,
  ): boolean {
    switch (nameEnd - nameStart) {
      case 6:
        if (valueStart !== -1 && spanIs(text, nameStart, nameEnd, "branch")) {
          this.branchId ??= text.slice(valueStart, valueEnd) as BranchId;
        }
        return true;
      case 5:
        if (spanIs(text, nameStart, nameEnd, "rport")) {
          const port = valueStart === -1 ? 0 : readNumber(text, valueStart, valueEnd, PORT_MAX);
          if (port === -1) return faultAt(valueStart, "a port from 0 to 65535") !== -1;
          this.rport = port;
          this.rportStart = nameStart;
          this.rportEnd = valueStart === -1 ? nameEnd : valueEnd;
        }
        return true;
      case 8:
        if (valueStart !== -1 && spanIs(text, nameStart, nameEnd, "received")) {
          const received = withoutBrackets(text, valueStart, valueEnd);
          if (!isAddress(received)) return faultAt(valueStart, "an IP address") !== -1;
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
function withoutBrackets(text: string, start: number, end: number): string {
  return text.charCodeAt(start) === 91 && text.charCodeAt(end - 1) === 93
    ? text.slice(start + 1, end - 1)
    : text.slice(start, end);
}

/**
 * One Via value from `start` up to a comma or `end`.
 *
 * @returns the Via, its `end` at the comma or at `end`; undefined with the fault noted
 */
export function readVia(text: string, start: number, end: number): ViaView | undefined {
  const via = readSentBy(text, start, end, false);
  return via !== undefined && readViaParameters(via, text, end) ? via : undefined;
}

/**
 * As much of a Via as can be read: enough to answer a request whose Via has broken parameters, or is of another
 * version of SIP; undefined when even `host:port` is missing.
 */
export function readViaLeniently(text: string, start: number, end: number): ViaView | undefined {
  const via = readSentBy(text, start, end, true);
  if (via !== undefined) readViaParameters(via, text, end);
  return via;
}

function readViaParameters(via: ViaView, text: string, end: number): boolean {
  let at = skipWhite(text, via.sentByEnd, end);
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === COMMA) break;
    if (code !== SEMICOLON) return faultAt(at, "a ; or the end of the Via") !== -1;
    at = scanParameter(text, at, end, scratch);
    if (at === -1) return false;
    if (!via.note(text, scratch.nameStart, scratch.nameEnd, scratch.valueStart, scratch.valueEnd)) {
      return false;
    }
    via.end = at;
  }
  via.end = at;
  return true;
}

function isAddress(text: string): boolean {
  return isIpv6(text, 0, text.length) || scanHost(text, 0, text.length) === text.length;
}

function readSentBy(
  text: string,
  start: number,
  end: number,
  anyVersion: boolean,
): ViaView | undefined {
  let at = scanProtocol(text, skipWhite(text, start, end), end, anyVersion);
  if (at === -1) return undefined;
  const transportEnd = skipClass(text, at, end, TOKEN);
  if (transportEnd === at) {
    faultAt(at, "a transport");
    return undefined;
  }
  const transport = transportAt(text, at, transportEnd);
  at = skipWhite(text, transportEnd, end);
  const hostEnd = at === transportEnd ? -1 : scanHost(text, at, end);
  if (hostEnd === -1) {
    faultAt(at, "a host name, IPv4 address or [IPv6 address]");
    return undefined;
  }
  const host = hostText(text, at, hostEnd);
  let port: number | undefined;
  let sentByEnd = hostEnd;
  at = skipWhite(text, hostEnd, end);
  if (at < end && text.charCodeAt(at) === COLON) {
    const portStart = skipWhite(text, at + 1, end);
    const portEnd = skipClass(text, portStart, end, DIGIT);
    port = readNumber(text, portStart, portEnd, PORT_MAX);
    if (port === -1) {
      faultAt(portStart, "a port from 0 to 65535");
      return undefined;
    }
    sentByEnd = portEnd;
  }
  const via = new ViaView(text, transport, host, port, sentByEnd);
  via.end = sentByEnd;
  return via;
}

/** `SIP / 2.0 /`, white space wherever it likes to be. */
function scanProtocol(text: string, start: number, end: number, anyVersion: boolean): number {
  // The spelling that everybody uses, before the general case.
  if (text.startsWith("SIP/2.0/", start)) return start + 8;
  let at = skipClass(text, start, end, TOKEN);
  if (!spanIs(text, start, at, "sip")) return faultAt(start, "SIP/2.0/");
  at = skipWhite(text, at, end);
  if (at >= end || text.charCodeAt(at) !== SLASH) return faultAt(at, "a /");
  at = skipWhite(text, at + 1, end);
  const versionEnd = skipClass(text, at, end, TOKEN);
  if (!anyVersion && !spanIs(text, at, versionEnd, "2.0")) return faultAt(at, "2.0");
  at = skipWhite(text, versionEnd, end);
  if (at >= end || text.charCodeAt(at) !== SLASH) return faultAt(at, "a /");
  return skipWhite(text, at + 1, end);
}

function transportAt(text: string, start: number, end: number): string {
  if (end - start === 3) {
    if (spanIs(text, start, end, "udp")) return "UDP";
    if (spanIs(text, start, end, "tcp")) return "TCP";
    if (spanIs(text, start, end, "tls")) return "TLS";
  }
  return text.slice(start, end).toUpperCase();
}

/** One Via value; undefined when it is malformed, or when a second value follows. */
export function parseVia(text: string): Via | undefined {
  const via = readVia(text, 0, text.length);
  return via !== undefined && via.end === text.length ? via : undefined;
}
