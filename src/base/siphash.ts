/**
 * SipHash-2-4 of a latin1 text, as 16 hex digits: a short keyed hash that only the holder of the key can make.
 * It guards tokens that we give out and want back (dialog tokens, To-tags), not passwords.
 *
 * Hot path: once or twice a request; 64-bit words as two 32-bit halves, no allocation but the result.
 */
export interface SipHashKey {
  readonly low0: number;
  readonly high0: number;
  readonly low1: number;
  readonly high1: number;
}

/** A key from 32 hex digits. */
export function sipHashKey(hex128: string): SipHashKey {
  const word = (at: number): number => {
    let value = 0;
    for (let byte = 3; byte >= 0; byte -= 1) {
      value = (value << 8) | parseInt(hex128.slice((at + byte) * 2, (at + byte) * 2 + 2), 16);
    }
    return value;
  };
  return { low0: word(0), high0: word(4), low1: word(8), high1: word(12) };
}

export function sipHash(key: SipHashKey, text: string): string {
  // All in one function: what is a variable of it stays in registers.
  let low0 = key.low0 ^ 0x70736575;
  let high0 = key.high0 ^ 0x736f6d65;
  let low1 = key.low1 ^ 0x6e646f6d;
  let high1 = key.high1 ^ 0x646f7261;
  let low2 = key.low0 ^ 0x6e657261;
  let high2 = key.high0 ^ 0x6c796765;
  let low3 = key.low1 ^ 0x79746573;
  let high3 = key.high1 ^ 0x74656462;
  const length = text.length;
  // The last word holds what is left and the length; a turn without a word, of four rounds, ends it.
  for (let at = 0; ; at += 8) {
    const isLast = at > length;
    let low = 0;
    let high = 0;
    if (isLast) low2 ^= 0xff;
    else if (at + 8 <= length) {
      low = wordAt(text, at);
      high = wordAt(text, at + 4);
    } else {
      const left = length - at;
      low = partAt(text, at, left < 4 ? left : 4);
      high = (left > 4 ? partAt(text, at + 4, left - 4) : 0) | ((length & 0xff) << 24);
    }
    low3 ^= low;
    high3 ^= high;
    for (let round = isLast ? 4 : 2; round > 0; round -= 1) {
      let sum = (low0 >>> 0) + (low1 >>> 0);
      high0 = (high0 + high1 + (sum > 0xffffffff ? 1 : 0)) | 0;
      low0 = sum | 0;
      let spare = (high1 << 13) | (low1 >>> 19);
      low1 = ((low1 << 13) | (high1 >>> 19)) ^ low0;
      high1 = spare ^ high0;
      spare = low0;
      low0 = high0;
      high0 = spare;

      sum = (low2 >>> 0) + (low3 >>> 0);
      high2 = (high2 + high3 + (sum > 0xffffffff ? 1 : 0)) | 0;
      low2 = sum | 0;
      spare = (high3 << 16) | (low3 >>> 16);
      low3 = ((low3 << 16) | (high3 >>> 16)) ^ low2;
      high3 = spare ^ high2;

      sum = (low0 >>> 0) + (low3 >>> 0);
      high0 = (high0 + high3 + (sum > 0xffffffff ? 1 : 0)) | 0;
      low0 = sum | 0;
      spare = (high3 << 21) | (low3 >>> 11);
      low3 = ((low3 << 21) | (high3 >>> 11)) ^ low0;
      high3 = spare ^ high0;

      sum = (low2 >>> 0) + (low1 >>> 0);
      high2 = (high2 + high1 + (sum > 0xffffffff ? 1 : 0)) | 0;
      low2 = sum | 0;
      spare = (high1 << 17) | (low1 >>> 15);
      low1 = ((low1 << 17) | (high1 >>> 15)) ^ low2;
      high1 = spare ^ high2;
      spare = low2;
      low2 = high2;
      high2 = spare;
    }
    if (isLast) return hex(high0 ^ high1 ^ high2 ^ high3) + hex(low0 ^ low1 ^ low2 ^ low3);
    low0 ^= low;
    high0 ^= high;
  }
}

function wordAt(text: string, at: number): number {
  return (
    (text.charCodeAt(at) & 0xff) |
    ((text.charCodeAt(at + 1) & 0xff) << 8) |
    ((text.charCodeAt(at + 2) & 0xff) << 16) |
    ((text.charCodeAt(at + 3) & 0xff) << 24)
  );
}

function partAt(text: string, at: number, count: number): number {
  let value = 0;
  for (let byte = count - 1; byte >= 0; byte -= 1) {
    value = (value << 8) | (text.charCodeAt(at + byte) & 0xff);
  }
  return value;
}

const HEX_BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function hex(word: number): string {
  return (
    (HEX_BYTES[word >>> 24] ?? "") +
    (HEX_BYTES[(word >>> 16) & 0xff] ?? "") +
    (HEX_BYTES[(word >>> 8) & 0xff] ?? "") +
    (HEX_BYTES[word & 0xff] ?? "")
  );
}
