/**
 * Hot path: the Request-URI of every request. Parts that are seldom asked for are decoded when somebody asks.
 */
import { bytesOf, isLatin1 } from "./bytes.ts";
import * as characters from "./characters.ts";
import type { OtherUri, Parameter, SipUri, TelUri, Uri } from "./types.ts";
import { OTHER, scanUri, SIP, SIPS, TEL, uriSpans, type UriSpans } from "./uri-scan.ts";

const { EQUALS, SEMICOLON } = characters;

const scratch = uriSpans();

class SipUriView implements SipUri {
  readonly kind = "sip";
  readonly text: string;
  readonly scheme: "sip" | "sips";
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  readonly #parametersStart: number;
  readonly #parametersEnd: number;
  #parameters: readonly Parameter[] | undefined = undefined;

  constructor(whole: string, start: number, end: number, spans: UriSpans) {
    const userStart = spans.schemeEnd + 1;
    const hasUser = spans.userEnd !== -1;
    const hasPassword = spans.passwordEnd !== -1;
    this.text = start === 0 && end === whole.length ? whole : whole.slice(start, end);
    this.scheme = spans.scheme === SIPS ? "sips" : "sip";
    this.user = hasUser ? whole.slice(userStart, spans.userEnd) : undefined;
    this.password = hasPassword ? whole.slice(spans.userEnd + 1, spans.passwordEnd) : undefined;
    this.host = hostText(whole, spans.hostStart, spans.hostEnd);
    this.port = spans.port === -1 ? undefined : spans.port;
    this.#parametersStart = spans.parametersStart - start;
    this.#parametersEnd = spans.parametersEnd - start;
  }

  get parameters(): readonly Parameter[] {
    this.#parameters ??= readUriParameters(this.text, this.#parametersStart, this.#parametersEnd);
    return this.#parameters;
  }

  get headers(): string | undefined {
    return this.#parametersEnd === this.text.length
      ? undefined
      : this.text.slice(this.#parametersEnd + 1);
  }
}

/** RFC 5118 §4.10: three colons, which RFC 3261's grammar allows by mistake, are written on as two. */
export function hostText(text: string, start: number, end: number): string {
  const host = text.slice(start, end);
  return text.charCodeAt(start) === 91 && host.includes(":::") ? host.replace(":::", "::") : host;
}

/** Builds the URI whose spans are in `spans`; `start` and `end` were given to `scanUri`. */
export function buildUri(text: string, start: number, end: number, spans: UriSpans): Uri {
  switch (spans.scheme) {
    case SIP:
    case SIPS:
      return new SipUriView(text, start, end, spans);
    case TEL:
      return {
        kind: "tel",
        text: text.slice(start, end),
        number: text.slice(spans.hostStart, spans.hostEnd),
        parameters: readUriParameters(text, spans.parametersStart, spans.parametersEnd),
      } satisfies TelUri;
    case OTHER:
    default:
      return {
        kind: "other",
        text: text.slice(start, end),
        scheme: text.slice(start, spans.schemeEnd).toLowerCase(),
      } satisfies OtherUri;
  }
}

/** The URI that stands there exactly; undefined with the fault noted when it is malformed. */
export function readUri(
  text: string,
  bytes: Uint8Array,
  start: number,
  end: number,
): Uri | undefined {
  return scanUri(bytes, start, end, scratch) === -1
    ? undefined
    : buildUri(text, start, end, scratch);
}

/** A SIP, SIPS or tel URI by its grammar, any other by RFC 2396's; undefined when it is none. White space is a fault. */
export function parseUri(text: string): Uri | undefined {
  return isLatin1(text) ? readUri(text, bytesOf(text, 0, text.length), 0, text.length) : undefined;
}

/** `;name=value` of a URI: names in lower case, %-escapes decoded once (RFC 4475 §3.1.1.3). */
function readUriParameters(text: string, start: number, end: number): readonly Parameter[] {
  if (start === end) return noParameters;
  const parameters: Parameter[] = [];
  let at = start;
  while (at < end && text.charCodeAt(at) === SEMICOLON) {
    const next = text.indexOf(";", at + 1);
    const stop = next === -1 || next > end ? end : next;
    let equals = at + 1;
    while (equals < stop && text.charCodeAt(equals) !== EQUALS) equals += 1;
    parameters.push({
      name: unescapePercent(text.slice(at + 1, equals)).toLowerCase(),
      value: equals === stop ? undefined : unescapePercent(text.slice(equals + 1, stop)),
    });
    at = stop;
  }
  return parameters;
}

const noParameters: readonly Parameter[] = [];

/** `%41` becomes `A`, once: what comes out is not looked at again. One escape is one byte, so one latin1 character. */
export function unescapePercent(text: string): string {
  if (!text.includes("%")) return text;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
