/** Requests and responses that belong to nothing, or that must go no further. */
export const STRAYS = [
  "CANCEL of nothing",
  "ACK of nothing",
  "BYE of nothing",
  "INVITE with no hops left",
  "INVITE with one hop left",
  "INVITE that requires too much",
  "response to nothing",
] as const;
export type Stray = (typeof STRAYS)[number];

/** Where they come from. Nobody answers there. */
export const STRAY_ADDRESS = "203.0.113.9";

const EXTRA: Readonly<Partial<Record<Stray, string>>> = {
  "INVITE with no hops left": "Max-Forwards: 0",
  "INVITE with one hop left": "Max-Forwards: 1",
  "INVITE that requires too much": "Proxy-Require: magic",
};

/** The text of one, its ids made of the time. */
export function strayText(stray: Stray, nowMs: number): string {
  const id = `stray-${nowMs}`;
  const via = `Via: SIP/2.0/UDP ${STRAY_ADDRESS}:5060;branch=z9hG4bK${id}`;
  const common = [
    "From: <sip:mallory@other.example>;tag=m1",
    `To: <sip:alice@example.org>${stray === "BYE of nothing" ? ";tag=a1" : ""}`,
    `Call-ID: ${id}`,
  ];
  if (stray === "response to nothing") {
    const ours = `Via: SIP/2.0/UDP 192.0.2.100:5060;branch=z9hG4bK${id}`;
    const head = ["SIP/2.0 200 OK", ours, via, ...common, "CSeq: 1 INVITE"];
    return [...head, "Content-Length: 0", "", ""].join("\r\n");
  }
  const method = stray.slice(0, stray.indexOf(" "));
  const extra = EXTRA[stray] ?? "Max-Forwards: 70";
  const head = [`${method} sip:alice@example.org SIP/2.0`, via, extra, ...common];
  const tail = [`CSeq: 1 ${method}`, `Contact: <sip:mallory@${STRAY_ADDRESS}>`];
  return [...head, ...tail, "Content-Length: 0", "", ""].join("\r\n");
}
