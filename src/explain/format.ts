import type { Phrasing, Unit } from "../codes/index.ts";

/** `3.1 ms` in English, `3,1 мс` in Russian: no more digits than a reader can use. */
export function formatDuration(ms: number, phrasing: Phrasing): string {
  const size = Math.abs(ms);
  if (size < 0.05) return `<${formatQuantity(0.1, 1, "ms", phrasing)}`;
  if (size < 9.95) return formatQuantity(ms, 1, "ms", phrasing);
  if (size < 999.5) return formatQuantity(ms, 0, "ms", phrasing);
  if (size < 99_950) return formatQuantity(ms / 1000, 1, "s", phrasing);
  if (size < 600_000) return formatQuantity(ms / 1000, 0, "s", phrasing);
  if (size < 7_200_000) return formatQuantity(ms / 60_000, 0, "min", phrasing);
  const hours = size / 3_600_000;
  if (hours < 48) return formatQuantity(hours, 0, "h", phrasing);
  return formatQuantity(hours / 24, 0, "d", phrasing);
}

/** `70,000 bytes` */
export function formatSize(bytes: number, { numbers, units }: Phrasing): string {
  return units.bytes.replace("{value}", formatCount(bytes, numbers));
}

function formatQuantity(
  value: number,
  digits: number,
  unit: Unit,
  { numbers, units }: Phrasing,
): string {
  const plain = value.toFixed(digits).replace(/\.0$/, "").replace(".", numbers.decimal);
  return units[unit].replace("{value}", plain);
}

/** How long from one moment to another, to the microsecond: what a clock's fractions add is noise. */
export function between(fromMs: number, toMs: number): number {
  return Math.round((toMs - fromMs) * 1000) / 1000;
}

/** `70,000`: thousands apart. */
export function formatCount(value: number, { thousands }: Phrasing["numbers"]): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, thousands);
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Text of a message as it may be shown: bytes that are UTF-8 become their letters; what steers a terminal (control
 * characters, direction marks) becomes visible and harmless, for its sender may be anybody.
 */
export function shown(text: string): string {
  return decoded(text).replace(
    // oxlint-disable-next-line no-control-regex -- they are what it takes out
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

function decoded(text: string): string {
  // oxlint-disable-next-line no-control-regex -- plain ASCII needs no decoding
  if (/^[\u0000-\u007f]*$/.test(text) || /[^\u0000-\u00ff]/.test(text)) return text;
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  try {
    return decoder.decode(bytes);
  } catch {
    // Not UTF-8: shown as latin1, which every byte sequence is.
    return text;
  }
}

/** `alice` of `sip:alice@example.org`; the host where there is no user. */
export function nameOf(uri: string): string {
  const address = addressOf(uri);
  const at = address.lastIndexOf("@");
  return shown(at > 0 ? address.slice(0, at) : address);
}

/** `alice@example.org` of `sip:alice@example.org;transport=tcp`. */
export function addressOf(uri: string): string {
  const plain = uri.replace(/^sips?:/i, "");
  const at = plain.lastIndexOf("@");
  const end = plain.slice(at + 1).search(/[;?>]/);
  return end === -1 ? plain : plain.slice(0, at + 1 + end);
}
