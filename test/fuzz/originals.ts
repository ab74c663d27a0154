import type { Draw } from "./draw.ts";

const users = ["alice", "bob", "carol", "dave", "desk", "loop", "out", "nobody"];
const methods = [
  "INVITE",
  "INVITE",
  "INVITE",
  "MESSAGE",
  "OPTIONS",
  "BYE",
  "ACK",
  "CANCEL",
  "SUBSCRIBE",
];
/** Few, so that requests meet the transactions and dialogs of others. */
const BRANCHES = 12;

/** Who sends it, and the how-manieth. */
export interface Sender {
  readonly address: string;
  readonly isStream: boolean;
  readonly number: number;
}

/** A request as it should be: a registration, or anything else to anybody. */
export function originalRequest(draw: Draw, sender: Sender): string {
  const { address, isStream, number } = sender;
  const isRegister = draw.oneIn(4);
  const method = isRegister ? "REGISTER" : draw.of(methods);
  const user = draw.of(users);
  const caller = draw.of(users);
  const isOld = draw.oneIn(3);
  const id = isOld ? number - draw.below(BRANCHES) : number;
  const target = draw.oneIn(8) ? `sip:${user}@elsewhere.example` : `sip:${user}@example.org`;
  const to = isRegister ? `sip:${user}@example.org` : target;
  const body = draw.oneIn(4) ? "v=0\r\n" : "";
  return [
    `${method} ${isRegister ? "sip:example.org" : target} SIP/2.0`,
    `Via: SIP/2.0/${isStream ? "TCP" : "UDP"} ${address}:5060;rport;branch=z9hG4bK${id}`,
    `Max-Forwards: ${draw.oneIn(10) ? draw.below(4) : 70}`,
    `From: <sip:${isRegister ? user : caller}@example.org>;tag=f${id}`,
    `To: <${to}>${draw.oneIn(6) ? ";tag=t" : ""}`,
    `Call-ID: c${id}@${address}`,
    `CSeq: ${isOld ? 1 : 1 + draw.below(3)} ${method}`,
    `Contact: <sip:${user}@${address}${draw.oneIn(3) ? ";transport=tcp" : ""}>${draw.oneIn(6) ? ";q=0.5" : ""}`,
    ...(draw.oneIn(3) ? [`Expires: ${draw.of(["0", "3", "60", "600"])}`] : []),
    ...(draw.oneIn(6) ? ["Route: <sip:192.0.2.100;lr>"] : []),
    ...(body === "" ? [] : ["Content-Type: application/sdp"]),
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n");
}
