/**
 * Hot path: methods come out as one string each, so that comparing them compares pointers.
 */
const known = [
  "INVITE",
  "ACK",
  "BYE",
  "CANCEL",
  "REGISTER",
  "OPTIONS",
  "PRACK",
  "UPDATE",
  "INFO",
  "MESSAGE",
  "SUBSCRIBE",
  "NOTIFY",
  "REFER",
  "PUBLISH",
] as const;

/** The method that stands there, in its own case: methods are case-sensitive (RFC 3261 §7.1). */
export function methodAt(text: string, bytes: Uint8Array, start: number, end: number): string {
  for (let index = 0; index < known.length; index += 1) {
    const method = known[index]!;
    if (isMethod(bytes, start, end, method)) return method;
  }
  return text.slice(start, end);
}

/** Whether exactly that method stands there. */
export function isMethod(bytes: Uint8Array, start: number, end: number, method: string): boolean {
  const size = method.length;
  if (end - start !== size) return false;
  for (let at = 0; at < size; at += 1) {
    if (bytes[start + at] !== method.charCodeAt(at)) return false;
  }
  return true;
}
