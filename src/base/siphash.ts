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

let low0 = 0;
let high0 = 0;
let low1 = 0;
let high1 = 0;
let low2 = 0;
let high2 = 0;
let low3 = 0;
let high3 = 0;

export function sipHash(key: SipHashKey, text: string): string {
  low0 = key.low0 ^ 0x70736575;
  high0 = key.high0 ^ 0x736f6d65;
  low1 = key.low1 ^ 0x6e646f6d;
  high1 = key.high1 ^ 0x646f7261;
  low2 = key.low0 ^ 0x6e657261;
  high2 = key.high0 ^ 0x6c796765;
  low3 = key.low1 ^ 0x79746573;
  high3 = key.high1 ^ 0x74656462;

  const length = text.length;
  const whole = length - (length % 8);
  for (let at = 0; at < whole; at += 8) compress(wordAt(text, at, 4), wordAt(text, at + 4, 4));
  const left = length - whole;
  compress(
    wordAt(text, whole, left < 4 ? left : 4),
    (left > 4 ? wordAt(text, whole + 4, left - 4) : 0) | ((length & 0xff) << 24),
  );
  low2 ^= 0xff;
  round();
  round();
  round();
  round();
  return hex(high0 ^ high1 ^ high2 ^ high3) + hex(low0 ^ low1 ^ low2 ^ low3);
}

function wordAt(text: string, at: number, count: number): number {
  let value = 0;
  for (let byte = count - 1; byte >= 0; byte -= 1) {
    value = (value << 8) | (text.charCodeAt(at + byte) & 0xff);
  }
  return value;
}

function compress(low: number, high: number): void {
  low3 ^= low;
  high3 ^= high;
  round();
  round();
  low0 ^= low;
  high0 ^= high;
}

function round(): void {
  let sum = (low0 >>> 0) + (low1 >>> 0);
  high0 = (high0 + high1 + (sum > 0xffffffff ? 1 : 0)) | 0;
  low0 = sum | 0;
  let spare = (high1 << 13) | (low1 >>> 19);
  low1 = (low1 << 13) | (high1 >>> 19);
  high1 = spare ^ high0;
  low1 ^= low0;
  spare = low0;
  low0 = high0;
  high0 = spare;

  sum = (low2 >>> 0) + (low3 >>> 0);
  high2 = (high2 + high3 + (sum > 0xffffffff ? 1 : 0)) | 0;
  low2 = sum | 0;
  spare = (high3 << 16) | (low3 >>> 16);
  low3 = (low3 << 16) | (high3 >>> 16);
  high3 = spare ^ high2;
  low3 ^= low2;

  sum = (low0 >>> 0) + (low3 >>> 0);
  high0 = (high0 + high3 + (sum > 0xffffffff ? 1 : 0)) | 0;
  low0 = sum | 0;
  spare = (high3 << 21) | (low3 >>> 11);
  low3 = (low3 << 21) | (high3 >>> 11);
  high3 = spare ^ high0;
  low3 ^= low0;

  sum = (low2 >>> 0) + (low1 >>> 0);
  high2 = (high2 + high1 + (sum > 0xffffffff ? 1 : 0)) | 0;
  low2 = sum | 0;
  spare = (high1 << 17) | (low1 >>> 15);
  low1 = (low1 << 17) | (high1 >>> 15);
  high1 = spare ^ high2;
  low1 ^= low2;
  spare = low2;
  low2 = high2;
  high2 = spare;
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
