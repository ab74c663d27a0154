import type { TraceRecord } from "../trace/index.ts";

/** It did not work: a final response of 300 or above, or none at all. */
export const FAILED = 1;
/** A challenge (401, 407): part of every registration, and a failure only when nothing follows it. */
export const CHALLENGED = 2;

/** It had not ended when it was kept: a server that was told to stop keeps what still hangs. */
export const PENDING = 4;

const FNV_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a, 32 bits, over the char codes. */
export function textHash(text: string): number {
  let hash = FNV_BASIS;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  }
  return hash >>> 0;
}

/**
 * The same number for every way to write one address: scheme, password, port and parameters left out, escapes
 * undone, letter case ignored. Equal to `textHash(addressKey(text))` without making that text.
 *
 * Hot path: twice for each request.
 */
export function addressHash(text: string): number {
  const atSign = text.indexOf("@");
  let hash = FNV_BASIS;
  for (let at = schemeEnd(text); at < text.length; at += 1) {
    let code = text.charCodeAt(at);
    if (code === 58) {
      if (at > atSign) break;
      at = atSign - 1;
      continue;
    }
    if (at > atSign && (code === 59 || code === 63)) break;
    if (code === 37) {
      const escaped = hexDigit(text.charCodeAt(at + 1)) * 16 + hexDigit(text.charCodeAt(at + 2));
      if (escaped >= 0) {
        code = escaped;
        at += 2;
      }
    }
    if (code >= 65 && code <= 90) code += 32;
    hash = Math.imul(hash ^ code, FNV_PRIME);
  }
  return hash >>> 0;
}

/** The digit's value; far below zero for what is none, past the end of the text included. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1000;
}

/** `user@host` of a SIP URI or address-of-record, in the one form that comparing needs. */
export function addressKey(text: string): string {
  const [, user, host = ""] = /^(?:(.*?)@)?([^@]*)$/s.exec(text.slice(schemeEnd(text))) ?? [];
  const plainHost = host.replace(/[;?:].*$/s, "");
  if (user === undefined) return unescaped(plainHost).toLowerCase();
  return unescaped(`${user.replace(/:.*$/s, "")}@${plainHost}`).toLowerCase();
}

function unescaped(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Where the scheme's colon ends; 0 when there is no scheme (`alice@example.org`). */
function schemeEnd(text: string): number {
  if (text.startsWith("sip:") || text.startsWith("tel:")) return 4;
  return text.startsWith("sips:") ? 5 : 0;
}

export function flagsOf(record: TraceRecord): number {
  if (record.endedAtMs === undefined) return PENDING | FAILED;
  if (record.causeId === "credentials-missing" || record.causeId === "nonce-stale") {
    return CHALLENGED;
  }
  if (record.statusCode >= 300) return FAILED;
  return record.statusCode === 0 && record.method !== "ACK" ? FAILED : 0;
}
