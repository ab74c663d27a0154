/**
 * Hot path: the small steps that every scanner is made of.
 */
import * as characters from "./characters.ts";

const { BACKSLASH, classOf, CR, HEX, LF, PERCENT, QUOTE, SPACE, TAB, WHITE } = characters;

/** The first offset from `at` on, below `end`, whose character is not of that class; `end` when all are. */
export function skipClass(bytes: Uint8Array, at: number, end: number, bits: number): number {
  let offset = at;
  while (offset < end && (classOf[bytes[offset]!]! & bits) !== 0) offset += 1;
  return offset;
}

/** Skips SWS. Folds were recognised when the header field was found, so CR and LF are white here. */
export function skipWhite(bytes: Uint8Array, at: number, end: number): number {
  let offset = at;
  while (offset < end) {
    const code = bytes[offset]!;
    if (code !== SPACE && code !== TAB && code !== CR && code !== LF) break;
    offset += 1;
  }
  return offset;
}

/** The end of a span without its trailing SWS. */
export function trimEnd(bytes: Uint8Array, start: number, end: number): number {
  let offset = end;
  while (offset > start && bytes[offset - 1]! <= SPACE) {
    if ((classOf[bytes[offset - 1]!]! & WHITE) === 0) break;
    offset -= 1;
  }
  return offset;
}

/** From an opening quote to behind the closing one, over quoted pairs; -1 when it never closes. */
export function skipQuoted(bytes: Uint8Array, at: number, end: number): number {
  let offset = at + 1;
  while (offset < end) {
    const code = bytes[offset]!;
    if (code === QUOTE) return offset + 1;
    offset += code === BACKSLASH ? 2 : 1;
  }
  return -1;
}

/** Skips characters of that class and %-escapes; stops at a "%" that starts no escape. */
export function skipEscapable(bytes: Uint8Array, at: number, end: number, bits: number): number {
  let offset = at;
  while (offset < end) {
    const code = bytes[offset]!;
    if ((classOf[code]! & bits) !== 0) offset += 1;
    else if (code === PERCENT && isEscape(bytes, offset, end)) offset += 3;
    else break;
  }
  return offset;
}

function isEscape(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    at + 2 < end && (classOf[bytes[at + 1]!]! & HEX) !== 0 && (classOf[bytes[at + 2]!]! & HEX) !== 0
  );
}

/** The number written from `start` to `end`, all digits; -1 when it is none or over `max`. */
export function readNumber(bytes: Uint8Array, start: number, end: number, max: number): number {
  if (start >= end) return -1;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = bytes[at]! - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
    if (value > max) return -1;
  }
  return value;
}
