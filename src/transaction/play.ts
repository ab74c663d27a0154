import { parseMessage, type SipRequest, type SipResponse } from "../message/index.ts";
import type { TransactionOutput } from "./output.ts";

/** What the tests feed machines with, and how they read what comes out. Not part of the layer. */
export function requestOf(method: string, viaParameters = ";branch=z9hG4bKa1"): SipRequest {
  const message = parseMessage(
    `${method} sip:bob@example.org SIP/2.0\r\n` +
      `Via: SIP/2.0/UDP 192.0.2.1:5060${viaParameters}\r\n` +
      "Max-Forwards: 70\r\n" +
      "From: <sip:alice@example.org>;tag=f1\r\n" +
      `To: <sip:bob@example.org>${method === "ACK" ? ";tag=t1" : ""}\r\n` +
      "Call-ID: c1@192.0.2.1\r\n" +
      `CSeq: 1 ${method}\r\n` +
      "Contact: <sip:alice@192.0.2.1>\r\n" +
      "Content-Length: 0\r\n\r\n",
  );
  if (message.kind !== "request") throw new TypeError(`${method}: ${message.kind}`);
  return message;
}

export function responseOf(statusCode: number, method: string): SipResponse {
  const message = parseMessage(
    `SIP/2.0 ${statusCode} Phrase\r\n` +
      "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa1\r\n" +
      "From: <sip:alice@example.org>;tag=f1\r\n" +
      "To: <sip:bob@example.org>;tag=t1\r\n" +
      "Call-ID: c1@192.0.2.1\r\n" +
      `CSeq: 1 ${method}\r\n` +
      "Content-Length: 0\r\n\r\n",
  );
  if (message.kind !== "response") throw new TypeError(`${statusCode}: ${message.kind}`);
  return message;
}

/** `send INVITE`, `send 486`, `up 180`, `branch-timed-out`, `terminated`… Rows that keep or change a state: nothing. */
export function describe(output: TransactionOutput): readonly string[] {
  switch (output.kind) {
    case "send":
      return [`send ${firstWord(output.text)}`];
    case "passUp":
      return [`up ${output.response.statusCode}`];
    case "passUpAck":
      return ["up ACK"];
    case "failed":
      return [output.causeId];
    case "provisionalDue":
      return ["100 is due"];
    case "dropped":
      return [`dropped by ${output.rfc}`];
    case "moved":
      return output.to === "terminated" && output.from !== "terminated" ? ["terminated"] : [];
  }
}

/** The method of a request, the status code of a response; any other text as it is. */
function firstWord(text: string): string {
  const words = text.split(" ");
  return (words[0] === "SIP/2.0" ? words[1] : words[0]) ?? "";
}
