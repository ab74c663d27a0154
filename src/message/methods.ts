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
export function methodAt(text: string, start: number, end: number): string {
  const size = end - start;
  const first = text.charCodeAt(start);
  for (let index = 0; index < known.length; index += 1) {
    const method = known[index]!;
    if (method.length === size && method.charCodeAt(0) === first && text.startsWith(method, start))
      return method;
  }
  return text.slice(start, end);
}
