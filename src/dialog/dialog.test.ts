import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMessage, type SipRequest, type SipResponse } from "../message/index.ts";
import { dialogOfUac, dialogOfUas } from "./dialog.ts";

const common = ["Call-ID: c1@192.0.2.1", "From: Alice <sip:alice@example.org>;tag=a1"];

function request(method: string, sequenceNumber: number, ...lines: string[]): SipRequest {
  const message = parseMessage(
    [
      `${method} sip:bob@example.com SIP/2.0`,
      "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx",
      "Max-Forwards: 70",
      ...common,
      `CSeq: ${sequenceNumber} ${method}`,
      ...lines,
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n"),
  );
  assert.ok(message.kind === "request");
  return message;
}

function ok(...lines: string[]): SipResponse {
  const message = parseMessage(
    [
      "SIP/2.0 200 OK",
      "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx",
      ...common,
      "CSeq: 7 INVITE",
      ...lines,
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n"),
  );
  assert.ok(message.kind === "response");
  return message;
}

const invite = request("INVITE", 7, "To: <sip:bob@example.com>", "Contact: <sip:alice@192.0.2.1>");
const routes = ["<sip:p2.example.com;lr>", "<sip:p1.example.org;lr>"];

test("the caller visits the recorded routes in reverse (RFC 3261 §12.1.2)", () => {
  const response = ok(
    "To: <sip:bob@example.com>;tag=b1",
    `Record-Route: ${routes[0]}, ${routes[1]}`,
    "Contact: <sip:bob@192.0.2.4:5070>",
  );
  const dialog = dialogOfUac(invite, response);
  assert.ok(dialog);
  assert.deepEqual(dialog.id, { callId: "c1@192.0.2.1", localTag: "a1", remoteTag: "b1" });
  assert.deepEqual(dialog.nextRequest(), {
    from: "Alice <sip:alice@example.org>;tag=a1",
    to: "<sip:bob@example.com>;tag=b1",
    callId: "c1@192.0.2.1",
    sequenceNumber: 8,
    requestUri: "sip:bob@192.0.2.4:5070",
    routes: ["<sip:p1.example.org;lr>", "<sip:p2.example.com;lr>"],
    nextHop: "sip:p1.example.org;lr",
  });
  assert.equal(dialog.ackFor(7).sequenceNumber, 7, "ACK (RFC 3261 §13.2.2.4)");
  assert.equal(dialog.nextRequest().sequenceNumber, 9);
});

test("the callee visits them as they were recorded, and answers by the Contact (RFC 3261 §12.1.1)", () => {
  const received = request(
    "INVITE",
    7,
    "To: <sip:bob@example.com>",
    `Record-Route: ${routes[0]}`,
    `Record-Route: ${routes[1]}`,
    "Contact: <sip:alice@192.0.2.1:5062>",
  );
  const dialog = dialogOfUas(received, "b1");
  assert.deepEqual(dialog.nextRequest(), {
    from: "<sip:bob@example.com>;tag=b1",
    to: "Alice <sip:alice@example.org>;tag=a1",
    callId: "c1@192.0.2.1",
    sequenceNumber: 1,
    requestUri: "sip:alice@192.0.2.1:5062",
    routes,
    nextHop: "sip:p2.example.com;lr",
  });
});

test("a strict router stands in the Request-URI, without what is not allowed there, and the target at the end of the routes (RFC 3261 §12.2.1.1, RFC 3261 §8.1.2)", () => {
  const response = ok(
    "To: <sip:bob@example.com>;tag=b1",
    "Record-Route: <sip:p2.example.com;lr>, <sip:strict.example.org;method=BYE?Subject=x>",
    "Contact: <sip:bob@192.0.2.4>",
  );
  const bye = dialogOfUac(invite, response).nextRequest();
  assert.equal(bye?.requestUri, "sip:strict.example.org");
  assert.deepEqual(bye?.routes, ["<sip:p2.example.com;lr>", "<sip:bob@192.0.2.4>"]);
  assert.equal(bye?.nextHop, "sip:strict.example.org");
});

test("without routes a request goes to the remote target (RFC 3261 §12.2.1.1)", () => {
  const response = ok("To: <sip:bob@example.com>;tag=b1", "Contact: <sip:bob@192.0.2.4>");
  const bye = dialogOfUac(invite, response).nextRequest();
  assert.deepEqual(bye?.routes, []);
  assert.equal(bye?.nextHop, "sip:bob@192.0.2.4");
});

test("a 2xx without a To tag, as of RFC 2543, makes a dialog whose remote tag is null (RFC 3261 §12.1.2, §12.2.1.1)", () => {
  const dialog = dialogOfUac(invite, ok("To: <sip:bob@example.com>"));
  assert.equal(dialog.id.remoteTag, "");
  assert.equal(dialog.nextRequest().to, "<sip:bob@example.com>");
});

test("a request belongs by Call-ID and both tags, and must not count backwards (RFC 3261 §12.2.2)", () => {
  const dialog = dialogOfUas(invite, "b1");
  const to = "To: <sip:bob@example.com>;tag=b1";
  assert.ok(dialog.owns(request("BYE", 8, to)));
  assert.ok(!dialog.owns(request("BYE", 8, "To: <sip:bob@example.com>;tag=b2")));
  assert.ok(!dialog.owns(request("BYE", 8, "To: <sip:bob@example.com>")));
  assert.ok(!dialog.accepts(request("INFO", 6, to)), "6 after 7");
  assert.ok(dialog.accepts(request("INFO", 20, to)), "a gap is no fault");
  assert.ok(!dialog.accepts(request("BYE", 8, to)), "8 after 20");
});
