/** What caller and callee of the benches say. */
import { CALLEE, CALLER, DOMAIN, header, type InProcess } from "./in-process.ts";

const sdp =
  "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" +
  "m=audio 40000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n";

function request(
  method: string,
  user: string,
  uri: string,
  number: number,
  extra: string,
  body: string,
): string {
  return (
    `${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:${CALLER};rport;branch=z9hG4bK${method}${number}x7f3a\r\n` +
    `Max-Forwards: 70\r\nFrom: <sip:alice@${DOMAIN}>;tag=a${number}\r\n` +
    `To: <sip:${user}@${DOMAIN}>${extra === "" ? "" : ";tag=b1"}\r\nCall-ID: c${number}.51c2e7d0@127.0.0.1\r\n` +
    `CSeq: ${method === "BYE" ? 2 : 1} ${method}\r\n${extra}` +
    `Contact: <sip:alice@127.0.0.1:${CALLER}>\r\nUser-Agent: bench\r\n` +
    (body === "" ? "" : "Content-Type: application/sdp\r\n") +
    `Content-Length: ${body.length}\r\n\r\n${body}`
  );
}

/** A response to what the server sent to the callee last, as the callee makes it. */
export function answer(forwarded: string, statusLine: string, body: string): string {
  const end = forwarded.indexOf("\r\n\r\n");
  let head = "";
  for (const line of forwarded.slice(0, end).split("\r\n").slice(1)) {
    if (/^(Via|From|Call-ID|CSeq|Record-Route):/.test(line)) head += `${line}\r\n`;
  }
  return (
    `SIP/2.0 ${statusLine}\r\n${head}To: <sip:bob@${DOMAIN}>;tag=b1\r\n` +
    `Contact: <sip:bob@127.0.0.1:${CALLEE}>\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}

/** A device of that user at a port. */
export function register(user: string, number: number, contact: string, callId: string): string {
  return (
    `REGISTER sip:${DOMAIN} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:${CALLEE};rport;branch=z9hG4bKr${number}.${user}\r\n` +
    `Max-Forwards: 70\r\nFrom: <sip:${user}@${DOMAIN}>;tag=r${number}\r\nTo: <sip:${user}@${DOMAIN}>\r\n` +
    `Call-ID: ${callId}\r\nCSeq: ${number} REGISTER\r\nContact: <${contact}>\r\nExpires: 3600\r\n` +
    `User-Agent: bench\r\nContent-Length: 0\r\n\r\n`
  );
}

export const contactOf = (user: string): string => `sip:${user}@127.0.0.1:${CALLEE}`;

/** INVITE 100 180 200 ACK BYE 200, relayed. Where the call forked, the first branch answers. */
export function call({ timed, transport }: InProcess, user: string, number: number): void {
  const uri = contactOf(user);
  timed(CALLER, request("INVITE", user, `sip:${user}@${DOMAIN}`, number, "", sdp));
  const invite = transport.sent.get(CALLEE) ?? "";
  timed(CALLEE, answer(invite, "180 Ringing", ""));
  timed(CALLEE, answer(invite, "200 OK", sdp));
  const route = `Route: ${header(invite, "Record-Route")}\r\n`;
  timed(CALLER, request("ACK", user, uri, number, route, ""));
  timed(CALLER, request("BYE", user, uri, number, route, ""));
  timed(CALLEE, answer(transport.sent.get(CALLEE) ?? "", "200 OK", ""));
  if (!transport.sent.get(CALLER)?.startsWith("SIP/2.0 200")) throw new Error("no 200 to the BYE");
}

/** An INVITE that rings and is not answered. @returns what the callee got */
export function ringing({ timed, transport }: InProcess, user: string, number: number): string {
  timed(CALLER, request("INVITE", user, `sip:${user}@${DOMAIN}`, number, "", sdp));
  const invite = transport.sent.get(CALLEE) ?? "";
  timed(CALLEE, answer(invite, "180 Ringing", ""));
  return invite;
}

/** INVITE to nobody, 404, ACK. */
export function notFound({ timed, transport }: InProcess, number: number): void {
  const uri = `sip:nobody@${DOMAIN}`;
  timed(CALLER, request("INVITE", "nobody", uri, number, "", sdp));
  const refusal = transport.sent.get(CALLER) ?? "";
  if (!refusal.startsWith("SIP/2.0 404")) throw new Error("no 404");
  const tag = /^To: .*;tag=(\S+)$/m.exec(refusal)?.[1] ?? "";
  const ack = request("ACK", "nobody", uri, number, "", "").replace(/^(To: .*)$/m, `$1;tag=${tag}`);
  timed(CALLER, ack.replace("z9hG4bKACK", "z9hG4bKINVITE"));
}

/** A call to a user with that many devices, on ports from CALLEE on: the first answers, the others are cancelled. */
export function forkedCall(
  { timed, transport }: InProcess,
  user: string,
  branches: number,
  number: number,
): void {
  timed(CALLER, request("INVITE", user, `sip:${user}@${DOMAIN}`, number, "", sdp));
  const invites = Array.from(
    { length: branches },
    (_, at) => transport.sent.get(CALLEE + at) ?? "",
  );
  for (const [at, invite] of invites.entries()) {
    timed(CALLEE + at, answer(invite, "180 Ringing", ""));
  }
  const [first = "", ...others] = invites;
  timed(CALLEE, answer(first, "200 OK", sdp));
  for (const [at, invite] of others.entries()) {
    const port = CALLEE + 1 + at;
    const cancel = transport.sent.get(port) ?? "";
    if (!cancel.startsWith("CANCEL")) throw new Error("no CANCEL");
    timed(port, answer(cancel, "200 OK", ""));
    timed(port, answer(invite, "487 Request Terminated", ""));
  }
  const uri = contactOf(user);
  const route = `Route: ${header(first, "Record-Route")}\r\n`;
  timed(CALLER, request("ACK", user, uri, number, route, ""));
  timed(CALLER, request("BYE", user, uri, number, route, ""));
  timed(CALLEE, answer(transport.sent.get(CALLEE) ?? "", "200 OK", ""));
  if (!transport.sent.get(CALLER)?.startsWith("SIP/2.0 200")) throw new Error("no 200 to the BYE");
}
