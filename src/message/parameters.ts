/**
 * Hot path: scanning the parameters of header fields (`generic-param`, RFC 3261 §25.1).
 */
import { bytesOf } from "./bytes.ts";
import * as characters from "./characters.ts";
import { skipClass, skipQuoted, skipWhite } from "./skip.ts";
import { faultAt } from "./fault.ts";
import type { Parameter } from "./types.ts";

const { COMMA, EQUALS, QUOTE, SEMICOLON, TOKEN, VALUE } = characters;

/** Where one parameter stands. `valueStart` is -1 for a flag. Reused by whoever scans. */
export interface ParameterSpan {
  nameStart: number;
  nameEnd: number;
  valueStart: number;
  valueEnd: number;
}

/**
 * Reads one `;name[=value]` that starts at the semicolon, white space around everything allowed.
 *
 * @returns the offset behind it and the white space that follows, or -1 with the fault noted
 */
export function scanParameter(
  bytes: Uint8Array,
  semicolon: number,
  end: number,
  span: ParameterSpan,
): number {
  const nameStart = skipWhite(bytes, semicolon + 1, end);
  const nameEnd = skipClass(bytes, nameStart, end, TOKEN);
  if (nameEnd === nameStart) return faultAt(nameStart, "parameter-name");
  span.nameStart = nameStart;
  span.nameEnd = nameEnd;
  span.valueStart = -1;
  span.valueEnd = -1;
  const at = skipWhite(bytes, nameEnd, end);
  if (at >= end || bytes[at] !== EQUALS) return at;
  const valueStart = skipWhite(bytes, at + 1, end);
  let valueEnd = valueStart;
  if (valueStart < end && bytes[valueStart] === QUOTE) {
    valueEnd = skipQuoted(bytes, valueStart, end);
    if (valueEnd === -1) return faultAt(valueStart, "closed-quoted-string");
  } else {
    valueEnd = skipClass(bytes, valueStart, end, VALUE);
    if (valueEnd === valueStart) return faultAt(valueStart, "parameter-value");
  }
  span.valueStart = valueStart;
  span.valueEnd = valueEnd;
  return skipWhite(bytes, valueEnd, end);
}

/** Parameters of a header field that were scanned before, as values. */
export function readParameters(text: string, start: number, end: number): readonly Parameter[] {
  const parameters: Parameter[] = [];
  const span: ParameterSpan = { nameStart: 0, nameEnd: 0, valueStart: 0, valueEnd: 0 };
  const bytes = bytesOf(text, start, end);
  let at = skipWhite(bytes, start, end);
  while (at < end && bytes[at] === SEMICOLON) {
    at = scanParameter(bytes, at, end, span);
    if (at === -1) break;
    parameters.push({
      name: text.slice(span.nameStart, span.nameEnd).toLowerCase(),
      value: span.valueStart === -1 ? undefined : text.slice(span.valueStart, span.valueEnd),
    });
  }
  return parameters;
}

/** Whether the span holds that word, in any case. `word` is in lower case and of letters, digits, hyphens. */
export function spanIs(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  const length = word.length;
  if (end - start !== length) return false;
  for (let at = 0; at < length; at += 1) {
    const code = bytes[start + at]!;
    const wanted = word.charCodeAt(at);
    if (code !== wanted && (code | 32) !== wanted) return false;
  }
  return true;
}

/** The value of the first parameter of that name (lower case; RFC 3261 §7.3.1 allows no second one), without its quotes; `""` for a flag; undefined when absent. */
export function parameterOf(parameters: readonly Parameter[], name: string): string | undefined {
  for (const parameter of parameters) {
    if (parameter.name === name) return unquote(parameter.value ?? "");
  }
  return undefined;
}

/** Whether a parameter of that name (lower case) is there, with or without a value. */
export function hasParameter(parameters: readonly Parameter[], name: string): boolean {
  for (const parameter of parameters) if (parameter.name === name) return true;
  return false;
}

/** What a quoted string means: without its quotes, each quoted pair its second character. Other text is left alone. */
export function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  const inner = text.slice(1, -1);
  return inner.includes("\\") ? inner.replace(/\\([\s\S])/g, "$1") : inner;
}

/**
 * From the start of one value in a comma list to the comma that ends it, or to `end`. Commas in quoted strings and
 * between angle brackets belong to the value.
 */
export function endOfListValue(bytes: Uint8Array, start: number, end: number): number {
  let bracketed = false;
  for (let at = start; at < end; at += 1) {
    const code = bytes[at]!;
    if (code === QUOTE) {
      const close = skipQuoted(bytes, at, end);
      if (close === -1) return end;
      at = close - 1;
    } else if (code === 60) bracketed = true;
    else if (code === 62) bracketed = false;
    else if (code === COMMA && !bracketed) return at;
  }
  return end;
}
