/** RFC 1035 §2.3.4. */
const NAME_BYTES_MAX = 255;
const LABEL_BYTES_MAX = 63;

const DOT = 46;
const POINTER = 0xc0;

/** A domain name as bytes; undefined for what is none. */
export function writeName(name: string): Buffer | undefined {
  const parts: Buffer[] = [];
  for (const label of name === "" ? [] : name.split(".")) {
    const bytes = Buffer.from(label, "latin1");
    if (bytes.length === 0 || bytes.length > LABEL_BYTES_MAX) return undefined;
    parts.push(Buffer.from([bytes.length]), bytes);
  }
  parts.push(Buffer.from([0]));
  const encoded = Buffer.concat(parts);
  return encoded.length > NAME_BYTES_MAX ? undefined : encoded;
}

/**
 * The name at that offset, in lower case and without a dot at its end, and where what follows it begins. Undefined
 * where it is cut off, too long, or leads in a circle: a pointer must lead back (RFC 1035 §4.1.4).
 */
export function readName(
  bytes: Buffer,
  start: number,
): { readonly name: string; readonly end: number } | undefined {
  let name = "";
  let at = start;
  let end = -1;
  let lowest = start;
  for (;;) {
    const length = bytes[at];
    if (length === undefined) return undefined;
    if (length === 0) return { name, end: end === -1 ? at + 1 : end };
    if ((length & POINTER) === POINTER) {
      const low = bytes[at + 1];
      if (low === undefined) return undefined;
      if (end === -1) end = at + 2;
      at = ((length & ~POINTER) << 8) | low;
      if (at >= lowest) return undefined;
      lowest = at;
      continue;
    }
    if (length > LABEL_BYTES_MAX || at + 1 + length > bytes.length) return undefined;
    const label = bytes.subarray(at + 1, at + 1 + length);
    // A dot inside a label would read as two labels.
    if (label.includes(DOT)) return undefined;
    name += (name === "" ? "" : ".") + label.toString("latin1").toLowerCase();
    if (name.length > NAME_BYTES_MAX) return undefined;
    at += 1 + length;
  }
}

/** One length byte and so many characters (RFC 1035 §3.3). */
export function readCharacterString(
  bytes: Buffer,
  start: number,
  limit: number,
): { readonly text: string; readonly end: number } | undefined {
  const length = bytes[start];
  if (length === undefined || start + 1 + length > limit) return undefined;
  const end = start + 1 + length;
  return { text: bytes.toString("latin1", start + 1, end), end };
}
