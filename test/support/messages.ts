/** Messages for this layer's tests: well-formed ones, and lines of them replaced one at a time. */
const headerLines: readonly string[] = [
  "Via: SIP/2.0/UDP 192.0.2.10:5060;rport;branch=z9hG4bKa1",
  "Max-Forwards: 70",
  'From: "Alice" <sip:alice@example.org>;tag=fa',
  "To: <sip:bob@example.org>",
  "Call-ID: c1@192.0.2.10",
  "CSeq: 7 INVITE",
  "Contact: <sip:alice@192.0.2.10>",
  "Content-Length: 0",
];

/** Joins lines with CRLF and ends the header block; `body` follows. */
export function message(lines: readonly string[], body = ""): string {
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** An INVITE whose fields of the given names are replaced; `undefined` leaves one out, a new name adds one. */
export function inviteWith(
  changes: Readonly<Record<string, string | undefined>> = {},
  body = "",
): string {
  return message([changes[""] ?? "INVITE sip:bob@example.org SIP/2.0", ...changed(changes)], body);
}

/** The 200 to that INVITE, changed in the same way. */
export function okWith(
  changes: Readonly<Record<string, string | undefined>> = {},
  body = "",
): string {
  const lines = changed({ To: "To: <sip:bob@example.org>;tag=tb", ...changes });
  return message([changes[""] ?? "SIP/2.0 200 OK", ...lines], body);
}

function changed(changes: Readonly<Record<string, string | undefined>>): string[] {
  const left = new Map(Object.entries(changes).filter(([name]) => name !== ""));
  const lines: string[] = [];
  for (const line of headerLines) {
    const name = line.slice(0, line.indexOf(":"));
    const change = left.has(name) ? left.get(name) : line;
    left.delete(name);
    if (change !== undefined) lines.push(change);
  }
  for (const added of left.values()) if (added !== undefined) lines.push(added);
  return lines;
}
