/**
 * The start line as a ladder shows it: `INVITE sip:bob@example.org`, `180 Ringing (INVITE)`. Text is latin1, as in
 * messages.
 */
export function summaryOf(text: string): string {
  const line = text.slice(0, text.indexOf("\r\n"));
  if (line.startsWith("SIP/2.0 ")) {
    const method = /^CSeq\s*:\s*\d+\s+(\S+)/im.exec(text)?.[1];
    return line.slice("SIP/2.0 ".length) + (method === undefined ? "" : ` (${method})`);
  }
  return line.endsWith(" SIP/2.0") ? line.slice(0, -" SIP/2.0".length) : line;
}
