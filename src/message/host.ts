/**
 * Hot path: once for each URI and Via that is read.
 */
import * as characters from "./characters.ts";

const { classOf, COLON, DIGIT, DOT, HEX, HOST, OPEN_BRACKET } = characters;

/**
 * From the start of a host (name, IPv4 address, IPv6 reference) to behind it; -1 when there is none.
 *
 * Deviation: a top label may start with a digit (RFC 3261 §25.1 wants a letter), because machines are named so; it
 * may not be all digits, or an address cut short would pass for a name.
 */
export function scanHost(bytes: Uint8Array, start: number, end: number): number {
  if (start < end && bytes[start] === OPEN_BRACKET) {
    const close = bytes.indexOf(93, start);
    return close !== -1 && close < end && isIpv6(bytes, start + 1, close) ? close + 1 : -1;
  }
  let at = start;
  let labelStart = start;
  let labels = 0;
  let octets = 0;
  let topIsNumber = false;
  let isNumber = true;
  let value = 0;
  while (at < end) {
    const code = bytes[at]!;
    const bits = classOf[code]!;
    if ((bits & DIGIT) !== 0) value = value * 10 + code - 48;
    else if ((bits & HOST) !== 0) isNumber = false;
    else if (code === DOT) {
      if (at === labelStart) return -1;
      labels += 1;
      if (isNumber && value <= 255) octets += 1;
      topIsNumber = isNumber;
      labelStart = at + 1;
      isNumber = true;
      value = 0;
    } else break;
    at += 1;
  }
  if (at > labelStart) {
    labels += 1;
    if (isNumber && value <= 255) octets += 1;
    topIsNumber = isNumber;
  } else if (labels === 0) return -1;
  if (topIsNumber && (labels !== 4 || octets !== 4 || at === labelStart)) return -1;
  return at;
}

/**
 * Whether an IPv6 address stands there. Three colons in a row before an IPv4 tail are taken for two: RFC 3261's
 * grammar has that slip, and RFC 5118 §4.10 asks to bear with it.
 */
export function isIpv6(bytes: Uint8Array, start: number, end: number): boolean {
  let groups = 0;
  let gaps = 0;
  let at = start;
  while (at < end) {
    const code = bytes[at]!;
    if (code === COLON) {
      let colons = 1;
      while (at + colons < end && bytes[at + colons] === COLON) colons += 1;
      const next = at + colons;
      if (colons > 3 || (colons === 3 && !isIpv4(bytes, next, end))) return false;
      if (colons > 1) gaps += 1;
      else if (at === start || next === end) return false;
      at = next;
      continue;
    }
    let groupEnd = at;
    while (groupEnd < end && (classOf[bytes[groupEnd]!]! & HEX) !== 0) groupEnd += 1;
    if (groupEnd < end && bytes[groupEnd] === DOT) {
      if (!isIpv4(bytes, at, end)) return false;
      groups += 2;
      break;
    }
    if (groupEnd === at || groupEnd - at > 4) return false;
    groups += 1;
    at = groupEnd;
  }
  return gaps === 0 ? groups === 8 : gaps === 1 && groups < 8;
}

function isIpv4(bytes: Uint8Array, start: number, end: number): boolean {
  let dots = 0;
  let value = -1;
  for (let at = start; at < end; at += 1) {
    const code = bytes[at]!;
    if (code === DOT) {
      if (value < 0) return false;
      dots += 1;
      value = -1;
    } else if ((classOf[code]! & DIGIT) !== 0) {
      value = (value < 0 ? 0 : value * 10) + code - 48;
      if (value > 255) return false;
    } else return false;
  }
  return dots === 3 && value >= 0;
}

/** A host as it is written in a URI or Via: an IPv6 address gets its brackets, all else is left alone. */
export function formatHost(address: string): string {
  return address.includes(":") && !address.startsWith("[") ? `[${address}]` : address;
}
