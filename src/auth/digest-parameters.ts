// Hot path: once for each header field that carries credentials. One pass, no regex, no closure.

/** The parameters of one Digest challenge or of one set of credentials, unquoted; undefined where not given. */
export interface DigestParameters {
  readonly kind: "digest";
  readonly username: string | undefined;
  readonly realm: string | undefined;
  readonly nonce: string | undefined;
  readonly uri: string | undefined;
  readonly response: string | undefined;
  readonly algorithm: string | undefined;
  readonly cnonce: string | undefined;
  readonly opaque: string | undefined;
  readonly qop: string | undefined;
  readonly nonceCount: string | undefined;
  readonly stale: string | undefined;
  readonly userhash: string | undefined;
}

/** `Basic …`, `Bearer …`: skipped by both sides (RFC 8760 §2.4). */
export interface OtherScheme {
  readonly kind: "otherScheme";
  readonly scheme: string;
}

/** What is wrong with a Digest value, in words for the operator; holds no part of a secret. */
export interface DigestMalformed {
  readonly kind: "malformed";
  readonly detail: string;
}

type Filling = { -readonly [Name in keyof DigestParameters]: DigestParameters[Name] };

const TAB = 9;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const EQUALS = 61;
const BACKSLASH = 92;

/**
 * Reads one value of Authorization, Proxy-Authorization, WWW-Authenticate or Proxy-Authenticate (RFC 3261 §25.1).
 * Lenient where it costs nothing: a value may lack its quotes or have needless ones, an empty list element is passed
 * over, unknown parameters are ignored. A parameter given twice is refused: two readers might choose differently.
 */
export function parseDigest(value: string): DigestParameters | OtherScheme | DigestMalformed {
  let at = skipBlank(value, 0);
  const schemeStart = at;
  while (at < value.length && !isBlank(value.charCodeAt(at))) at += 1;
  const scheme = value.slice(schemeStart, at);
  if (scheme.toLowerCase() !== "digest") return { kind: "otherScheme", scheme };
  const found = emptyParameters();
  while (true) {
    at = skipBlank(value, at);
    if (at >= value.length) return found;
    if (value.charCodeAt(at) === COMMA) {
      at += 1;
      continue;
    }
    const nameStart = at;
    at = endOfBare(value, at);
    const name = value.slice(nameStart, at).toLowerCase();
    at = skipBlank(value, at);
    if (name === "" || value.charCodeAt(at) !== EQUALS) return malformed("name=value", nameStart);
    at = skipBlank(value, at + 1);
    const valueStart = at;
    let text: string;
    if (value.charCodeAt(at) === QUOTE) {
      at = endOfQuoted(value, at);
      if (at === -1) return malformed("a closing quote", valueStart);
      text = unquoted(value, valueStart + 1, at - 1);
    } else {
      at = endOfValue(value, at);
      if (at === valueStart) return malformed(`a value for ${name}`, valueStart);
      text = value.slice(valueStart, at);
    }
    at = skipBlank(value, at);
    if (at < value.length && value.charCodeAt(at) !== COMMA) return malformed("a comma", at);
    const fault = fill(found, name, text);
    if (fault !== undefined) return { kind: "malformed", detail: `${name} ${fault}` };
  }
}

function malformed(expected: string, offset: number): DigestMalformed {
  return { kind: "malformed", detail: `${expected} is expected at character ${offset}` };
}

function emptyParameters(): Filling {
  return {
    kind: "digest",
    username: undefined,
    realm: undefined,
    nonce: undefined,
    uri: undefined,
    response: undefined,
    algorithm: undefined,
    cnonce: undefined,
    opaque: undefined,
    qop: undefined,
    nonceCount: undefined,
    stale: undefined,
    userhash: undefined,
  };
}

const GIVEN_TWICE = "is given twice";

/**
 * Written out: a store to `found[name]` costs several times as much as one whose name the engine sees.
 *
 * @returns what is wrong with it
 */
function fill(found: Filling, name: string, text: string): string | undefined {
  switch (name) {
    case "username":
      if (found.username !== undefined) return GIVEN_TWICE;
      found.username = text;
      return undefined;
    case "realm":
      if (found.realm !== undefined) return GIVEN_TWICE;
      found.realm = text;
      return undefined;
    case "nonce":
      if (found.nonce !== undefined) return GIVEN_TWICE;
      found.nonce = text;
      return undefined;
    case "uri":
      if (found.uri !== undefined) return GIVEN_TWICE;
      found.uri = text;
      return undefined;
    case "response":
      if (found.response !== undefined) return GIVEN_TWICE;
      found.response = text;
      return undefined;
    case "algorithm":
      if (found.algorithm !== undefined) return GIVEN_TWICE;
      found.algorithm = text;
      return undefined;
    case "cnonce":
      if (found.cnonce !== undefined) return GIVEN_TWICE;
      found.cnonce = text;
      return undefined;
    case "opaque":
      if (found.opaque !== undefined) return GIVEN_TWICE;
      found.opaque = text;
      return undefined;
    case "qop":
      if (found.qop !== undefined) return GIVEN_TWICE;
      found.qop = text;
      return undefined;
    case "nc":
      if (found.nonceCount !== undefined) return GIVEN_TWICE;
      found.nonceCount = text;
      return undefined;
    case "stale":
      if (found.stale !== undefined) return GIVEN_TWICE;
      found.stale = text;
      return undefined;
    case "userhash":
      if (found.userhash !== undefined) return GIVEN_TWICE;
      found.userhash = text;
      return undefined;
    case "username*":
      // RFC 7616 §3.4: both forms together are an error.
      if (found.username !== undefined) return GIVEN_TWICE;
      found.username = extendedValue(text);
      return found.username === undefined ? "is not UTF-8''name" : undefined;
    default:
      return undefined;
  }
}

/** `UTF-8''J%C3%A4s` as the bytes it stands for (RFC 5987 §3.2). */
function extendedValue(text: string): string | undefined {
  const charsetEnd = text.indexOf("'");
  const start = text.indexOf("'", charsetEnd + 1);
  if (start === -1 || text.slice(0, charsetEnd).toLowerCase() !== "utf-8") return undefined;
  let value = "";
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] !== "%") {
      value += text[at];
      continue;
    }
    const code = Number(`0x${text.slice(at + 1, at + 3)}`);
    if (at + 2 >= text.length || Number.isNaN(code)) return undefined;
    value += String.fromCharCode(code);
    at += 2;
  }
  return value;
}

function unquoted(value: string, start: number, end: number): string {
  const text = value.slice(start, end);
  if (!text.includes("\\")) return text;
  let plain = "";
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) === BACKSLASH) at += 1;
    plain += text[at] ?? "";
  }
  return plain;
}

/** @returns the place after the closing quote, or -1 */
function endOfQuoted(value: string, start: number): number {
  for (let at = start + 1; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at + 1;
  }
  return -1;
}

function endOfBare(value: string, start: number): number {
  let at = start;
  while (at < value.length) {
    const code = value.charCodeAt(at);
    if (isBlank(code) || code === COMMA || code === EQUALS || code === QUOTE) break;
    at += 1;
  }
  return at;
}

/** An equals sign may stand inside a value: nonces are often base64. */
function endOfValue(value: string, start: number): number {
  let at = start;
  while (at < value.length) {
    const code = value.charCodeAt(at);
    if (isBlank(code) || code === COMMA || code === QUOTE) break;
    at += 1;
  }
  return at;
}

function skipBlank(value: string, start: number): number {
  let at = start;
  while (at < value.length && isBlank(value.charCodeAt(at))) at += 1;
  return at;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB || code === 13 || code === 10;
}
