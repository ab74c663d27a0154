import assert from "node:assert/strict";
import { test } from "node:test";
import { inviteWith } from "../../test/support/messages.ts";
import { because } from "../causes/index.ts";
import { buildAck, buildCancel, buildRequest } from "./build-request.ts";
import { buildResponse, OK, TRYING } from "./build-response.ts";
import { isMalformed } from "./malformed.ts";
import { parseMessage } from "./parse.ts";
import { reasonPhraseOf, registeredStatusCodes } from "./reason-phrases.ts";
import type { SipRequest, SipResponse, Source } from "./types.ts";

function request(text: string, source?: Source): SipRequest {
  const parsed = parseMessage(text, source);
  assert.ok(!isMalformed(parsed) && parsed.kind === "request", JSON.stringify(parsed));
  return parsed;
}

function response(text: string): SipResponse {
  const parsed = parseMessage(text);
  assert.ok(!isMalformed(parsed) && parsed.kind === "response", JSON.stringify(parsed));
  return parsed;
}

const notFound = because("user-unknown", 404, {
  aor: "sip:bbo@example.org",
  domain: "example.org",
});

test("a response copies Vias, From, To, Call-ID and CSeq, and adds the tag (RFC 3261 §8.2.6.2)", () => {
  const invite = request(
    inviteWith({
      Via: "v: SIP/2.0/UDP 192.0.2.10;branch=b1\r\nVia:SIP/2.0/TCP b.org",
      Timestamp: "Timestamp: 54",
    }),
  );
  assert.equal(
    buildResponse(invite, notFound, { toTag: "t1", headers: [["Server", "x"]] }),
    [
      "SIP/2.0 404 Not Found",
      "v: SIP/2.0/UDP 192.0.2.10;branch=b1",
      "Via:SIP/2.0/TCP b.org",
      'From: "Alice" <sip:alice@example.org>;tag=fa',
      "To: <sip:bob@example.org>;tag=t1",
      "Call-ID: c1@192.0.2.10",
      "CSeq: 7 INVITE",
      "Server: x",
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n"),
  );
});

test("a 100 has the Timestamp, and no tag when none is given (RFC 3261 §8.2.6.1)", () => {
  const invite = request(inviteWith({ Timestamp: "Timestamp: 54" }));
  const trying = buildResponse(invite, TRYING, { toTag: undefined });
  assert.match(trying, /^SIP\/2\.0 100 Trying\r\n/);
  assert.match(trying, /\r\nTo: <sip:bob@example\.org>\r\n/);
  assert.match(trying, /\r\nTimestamp: 54\r\n/);
});

test("a To that has a tag keeps it (RFC 3261 §8.2.6.2)", () => {
  const invite = request(inviteWith({ To: "To: <sip:bob@example.org>;tag=old" }));
  assert.equal(response(buildResponse(invite, OK, { toTag: "new" })).toTag, "old");
});

test("the topmost Via comes back with received and rport (RFC 3581 §4)", () => {
  const invite = request(inviteWith(), { address: "203.0.113.7", port: 40_000 });
  const { topVia } = response(buildResponse(invite, OK, { toTag: "t" }));
  assert.equal(topVia.received, "203.0.113.7");
  assert.equal(topVia.rport, 40_000);
});

test("the length of a body is in bytes: text is one character a byte (RFC 3261 §20.14, §20.15)", () => {
  const body = Buffer.from("ü😀").toString("latin1");
  const text = buildResponse(request(inviteWith()), OK, {
    toTag: "t",
    body,
    contentType: "text/plain",
  });
  assert.ok(text.endsWith(`Content-Type: text/plain\r\nContent-Length: 6\r\n\r\n${body}`));
});

test("a malformed request is answered from what can be read of it", () => {
  const source = { address: "203.0.113.7", port: 40_000 };
  const parsed = parseMessage(
    inviteWith({
      Via: "Via: SIP/2.0/UDP 192.0.2.15;rport;;,;,,",
      "Call-ID": undefined,
      To: "To: <sip:b@x.org>\r\nTo: <sip:c@x.org>",
    }),
    source,
  );
  assert.ok(isMalformed(parsed) && parsed.answerable !== undefined);
  assert.equal(
    buildResponse(parsed.answerable, because("via-malformed", 400, { offset: 1, expected: "x" }), {
      toTag: "t",
    }),
    [
      "SIP/2.0 400 Bad Request",
      "Via: SIP/2.0/UDP 192.0.2.15;received=203.0.113.7;rport=40000;;,;,,",
      'From: "Alice" <sip:alice@example.org>;tag=fa',
      "To: <sip:b@x.org>;tag=t",
      "CSeq: 7 INVITE",
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n"),
  );
});

test("every registered code has its phrase; others get that of their class (RFC 3261 §8.1.3.2)", () => {
  assert.equal(registeredStatusCodes().length, 75);
  assert.equal(reasonPhraseOf(480), "Temporarily Unavailable");
  assert.equal(reasonPhraseOf(440), "Max-Breadth Exceeded");
  assert.equal(reasonPhraseOf(499), "Bad Request");
  assert.equal(reasonPhraseOf(299), "OK");
});

test("a request of our own gets its Content-Length (RFC 3261 §20.14, §18.3)", () => {
  const text = buildRequest({
    method: "OPTIONS",
    requestUri: "sip:b@x.org",
    headers: [["Via", "SIP/2.0/UDP a.org"]],
    body: "abc",
  });
  assert.equal(
    text,
    "OPTIONS sip:b@x.org SIP/2.0\r\nVia: SIP/2.0/UDP a.org\r\nContent-Length: 3\r\n\r\nabc",
  );
});

test("an ACK is made of its INVITE, with the To of the response (RFC 3261 §17.1.1.3)", () => {
  const invite = request(
    inviteWith({
      Via: "Via: SIP/2.0/UDP me.org;branch=b1 , SIP/2.0/UDP a.org",
      Route: "Route: <sip:r1.org;lr>, <sip:r2.org;lr>",
    }),
  );
  const refusal = response(buildResponse(invite, notFound, { toTag: "t1" }));
  assert.equal(
    buildAck(invite, refusal),
    [
      "ACK sip:bob@example.org SIP/2.0",
      "Via: SIP/2.0/UDP me.org;branch=b1",
      "Route: <sip:r1.org;lr>, <sip:r2.org;lr>",
      "Max-Forwards: 70",
      'From: "Alice" <sip:alice@example.org>;tag=fa',
      "To: <sip:bob@example.org>;tag=t1",
      "Call-ID: c1@192.0.2.10",
      "CSeq: 7 ACK",
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n"),
  );
});

test("a CANCEL is made of its INVITE, with that one's To (RFC 3261 §9.1)", () => {
  const cancel = request(buildCancel(request(inviteWith({ Route: "Route: <sip:r1.org;lr>" }))));
  assert.equal(cancel.method, "CANCEL");
  assert.deepEqual(cancel.cseq, { sequenceNumber: 7, method: "CANCEL" });
  assert.equal(cancel.topVia.branchId, "z9hG4bKa1");
  assert.equal(cancel.toTag, undefined);
  assert.match(cancel.text, /\r\nRoute: <sip:r1\.org;lr>\r\n/);
});
