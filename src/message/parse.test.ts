import assert from "node:assert/strict";
import { test } from "node:test";
import { inviteWith, message, okWith } from "../../test/support/messages.ts";
import { Header } from "./header-ids.ts";
import {
  HEADER_FIELD_SIZE_BYTES_MAX,
  HEADER_FIELDS_MAX,
  MESSAGE_SIZE_BYTES_MAX,
} from "./limits.ts";
import { isMalformed } from "./malformed.ts";
import { parseMessage } from "./parse.ts";
import type { SipMessage, SipRequest, SipResponse } from "./types.ts";

function read(text: string): SipMessage {
  const result = parseMessage(text);
  assert.ok(!isMalformed(result), JSON.stringify(result));
  return result;
}

function request(text: string): SipRequest {
  const result = read(text);
  assert.ok(result.kind === "request");
  return result;
}

function response(text: string): SipResponse {
  const result = read(text);
  assert.ok(result.kind === "response");
  return result;
}

function fault(text: string) {
  const result = parseMessage(text);
  assert.ok(isMalformed(result), "it was accepted");
  return result;
}

test("a request is read with all that every element needs (RFC 3261 §8.1.1, RFC 3261 §8.1.1.5)", () => {
  const invite = request(inviteWith({ To: "To: Bob <sip:bob@example.org>;tag=tb" }));
  assert.equal(invite.method, "INVITE");
  assert.equal(invite.requestUri.text, "sip:bob@example.org");
  assert.equal(invite.topVia.branchId, "z9hG4bKa1");
  assert.equal(invite.callId, "c1@192.0.2.10");
  assert.deepEqual(invite.cseq, { sequenceNumber: 7, method: "INVITE" });
  assert.equal(invite.fromTag, "fa");
  assert.equal(invite.toTag, "tb");
  assert.equal(invite.from.displayName, "Alice");
  assert.equal(invite.to.uri.text, "sip:bob@example.org");
  assert.equal(invite.maxForwards, 70);
  assert.equal(invite.source, undefined);
});

test("a response is read with its status and phrase (RFC 3261 §7.2)", () => {
  const ok = response(okWith({ "": "SIP/2.0 200 OK, but slowly" }));
  assert.equal(ok.statusCode, 200);
  assert.equal(ok.reasonPhrase, "OK, but slowly");
  assert.equal(ok.toTag, "tb");
  assert.equal(ok.cseq.method, "INVITE");
});

test("a reason phrase may be empty or in any language (RFC 4475 §3.1.1.12, §3.1.1.13)", () => {
  assert.equal(response(okWith({ "": "SIP/2.0 100 " })).reasonPhrase, "");
  assert.equal(response(okWith({ "": "SIP/2.0 100" })).reasonPhrase, "");
  const bytes = Buffer.from("по-русски").toString("latin1");
  assert.equal(response(okWith({ "": `SIP/2.0 200 ${bytes}` })).reasonPhrase, bytes);
});

test("Max-Forwards may be missing (RFC 3261 §16.3 step 3)", () => {
  assert.equal(request(inviteWith({ "Max-Forwards": undefined })).maxForwards, undefined);
});

test("names have compact forms and no case, and white space before the colon (RFC 3261 §7.3)", () => {
  const invite = request(
    inviteWith({
      Via: "v:SIP/2.0/TCP x.org",
      "Call-ID": "I \t:  id1",
      From: "F: sip:a@x.org;tag=1",
    }),
  );
  assert.equal(invite.topVia.transport, "TCP");
  assert.equal(invite.callId, "id1");
  assert.equal(invite.fromTag, "1");
});

test("a folded value is one value, each fold one space (RFC 3261 §7.3.1)", () => {
  const invite = request(
    inviteWith({
      CSeq: "CSeq:\r\n 7\r\n\tINVITE",
      Subject: "Subject: lunch \r\n  at\r\n\tnoon  ",
      "X-Mine": "X-Mine:\r\n folded",
    }),
  );
  assert.equal(invite.cseq.sequenceNumber, 7);
  assert.equal(invite.header(Header.Subject), "lunch at noon");
  assert.equal(invite.headerByName("x-MINE"), "folded");
});

test("an empty value is empty, not what follows it (RFC 4475 §3.1.1.1)", () => {
  const invite = request(inviteWith({ Subject: "s :", Organization: "Organization: x" }));
  assert.equal(invite.header(Header.Subject), "");
  assert.equal(invite.header(Header.Organization), "x");
  assert.equal(invite.header(Header.Server), undefined);
  assert.equal(invite.headerByName("X-None"), undefined);
});

test("list values come in order from several fields and comma lists, quotes and brackets respected (RFC 3261 §7.3.1)", () => {
  const invite = request(
    inviteWith({
      Contact: 'Contact: "a, b" <sip:a@x.org;p=","> , sip:c@x.org',
      m: "m: <sip:d,e@x.org>",
      Supported: "Supported: path,, 100rel",
      Date: "Date: Sat, 13 Nov 2010 23:29:00 GMT",
    }),
  );
  assert.deepEqual(invite.values(Header.Contact), [
    '"a, b" <sip:a@x.org;p=",">',
    "sip:c@x.org",
    "<sip:d,e@x.org>",
  ]);
  assert.deepEqual(invite.values(Header.Supported), ["path", "100rel"]);
  assert.deepEqual(invite.values(Header.Date), ["Sat, 13 Nov 2010 23:29:00 GMT"]);
  assert.deepEqual(invite.values(Header.Route), []);
});

test("all Vias come topmost first, out of several fields and comma lists (RFC 3261 §20.42)", () => {
  const invite = request(
    inviteWith({
      Via: "Via: SIP/2.0/UDP a.org;branch=1 ,\r\n SIP/2.0/TCP b.org",
      v: "v: SIP/2.0/TLS c.org",
    }),
  );
  const vias = invite.vias();
  assert.ok(!isMalformed(vias));
  assert.deepEqual(
    vias.map((via) => `${via.transport} ${via.host}`),
    ["UDP a.org", "TCP b.org", "TLS c.org"],
  );
});

test("a fault in a lower Via is found when it is asked for", () => {
  const text = inviteWith({ Via: "Via: SIP/2.0/UDP a.org", v: "v: SIP/2.0/UDP" });
  const vias = request(text).vias();
  assert.ok(isMalformed(vias));
  assert.equal(vias.causeId, "via-malformed");
  assert.equal(text.slice(0, vias.offset).endsWith("v: SIP/2.0/UDP"), true);
  assert.ok(vias.answerable !== undefined);
});

test("name-addr lists are decoded when asked for; the wildcard is left out (RFC 3261 §10.2.2)", () => {
  const two = request(inviteWith({ Contact: "Contact: <sip:a@x.org>;q=0.3, sip:b@x.org" }));
  const contacts = two.nameAddrs(Header.Contact);
  assert.ok(!isMalformed(contacts));
  assert.deepEqual(
    contacts.map((contact) => contact.uri.text),
    ["sip:a@x.org", "sip:b@x.org"],
  );
  const wildcard = request(inviteWith({ Contact: "Contact:  * " }));
  assert.deepEqual(wildcard.nameAddrs(Header.Contact), []);
  assert.deepEqual(wildcard.values(Header.Contact), ["*"]);
  assert.deepEqual(wildcard.nameAddrs(Header.Route), []);
});

test("a malformed Contact is found when it is asked for, with its place (RFC 4475 §3.1.2.13)", () => {
  const text = inviteWith({ Contact: "Contact: sip:u@x.org?Route=%3Csip:y.org%3E" });
  const contacts = request(text).nameAddrs(Header.Contact);
  assert.ok(isMalformed(contacts));
  assert.equal(contacts.causeId, "contact-malformed");
  assert.equal(contacts.offset, text.indexOf("?Route"));
  assert.equal(contacts.headerName, "Contact");
});

test("a number is read when asked for, up to 2^32-1 (RFC 3261 §20.19)", () => {
  const expires = (value: string) =>
    request(inviteWith({ Expires: `Expires: ${value}` })).integer(Header.Expires);
  assert.equal(expires("0060"), 60);
  assert.equal(expires("4294967295"), 4_294_967_295);
  for (const value of ["4294967296", "-1", "", "1.5", "6O", `1${"0".repeat(100)}`]) {
    assert.ok(isMalformed(expires(value)), value);
  }
  assert.equal(request(inviteWith()).integer(Header.Expires), undefined);
  const retry = okWith({ "Retry-After": "Retry-After: 18000 (in a meeting);duration=3600" });
  assert.equal(response(retry).integer(Header.RetryAfter), 18_000);
});

test("what a datagram holds behind the declared body is no part of the message (RFC 3261 §18.3)", () => {
  const text = inviteWith({ "Content-Length": "Content-Length: 3" }, "abcINVITE sip:x");
  const invite = request(text);
  assert.equal(text.slice(invite.bodyOffset, invite.bodyEnd), "abc");
});

test("without Content-Length the body goes to the end of the datagram (RFC 3261 §20.14)", () => {
  const text = inviteWith({ "Content-Length": undefined }, "abc");
  const invite = request(text);
  assert.equal(text.slice(invite.bodyOffset, invite.bodyEnd), "abc");
});

test("bytes survive: NUL, 0xFF and bare line breaks in a body are not looked at", () => {
  const body = "\0\xff\n\n\r\r\n\r\n";
  const text = inviteWith({ "Content-Length": `l: ${body.length}` }, body);
  const invite = request(text);
  assert.equal(text.slice(invite.bodyOffset, invite.bodyEnd), body);
});

test("empty lines before the start line are ignored (RFC 3261 §7.5)", () => {
  assert.equal(request(`\r\n\r\n${inviteWith()}`).method, "INVITE");
});

test("a method is any token and its case counts (RFC 3261 §7.1, RFC 4475 §3.1.1.2)", () => {
  const invite = request(inviteWith({ "": "iNVITE sip:b@x.org SIP/2.0", CSeq: "CSeq: 7 iNVITE" }));
  assert.equal(invite.method, "iNVITE");
  assert.equal(invite.cseq.method, "iNVITE");
});

test("an RFC 2543 request without branch and tag is read (RFC 4475 §3.4.1)", () => {
  const old = request(
    inviteWith({
      Via: "Via: SIP/2.0/UDP x.org",
      From: "From: <sip:a@x.org>",
      "Max-Forwards": undefined,
    }),
  );
  assert.equal(old.topVia.branchId, undefined);
  assert.equal(old.fromTag, undefined);
});

/** What is wrong, the cause, and the text right before the place it is found at. */
const faults: readonly (readonly [
  changes: Readonly<Record<string, string | undefined>>,
  causeId: string,
  before: string,
  headerName?: string,
])[] = [
  [{ "": "INVITE sip:b@x.org" }, "start-line-malformed", "INVITE sip:b@x.org"],
  [{ "": "INVITE" }, "start-line-malformed", "INVITE"],
  [{ "": "IN@VITE sip:b@x.org SIP/2.0" }, "start-line-malformed", "IN"],
  [{ "": "INVITE sip:b@x.org SIP/2.0 " }, "start-line-malformed", "SIP/2.0 "],
  [{ "": "INVITE sip:b@x.org SIP/two" }, "start-line-malformed", "x.org "],
  [{ "": "INVITE sip:b@x.org SIP/7.0" }, "version-unsupported", "x.org "],
  [{ "": "INVITE  sip:b@x.org SIP/2.0" }, "request-uri-malformed", "INVITE "],
  [{ "": "INVITE <sip:b@x.org> SIP/2.0" }, "request-uri-malformed", "INVITE "],
  [{ "": "INVITE sip:b@x.org; lr SIP/2.0" }, "request-uri-malformed", "x.org;"],
  [{ "": "INVITE sip:2001:db8::10 SIP/2.0" }, "request-uri-malformed", "INVITE sip:"],
  [{ Via: undefined }, "header-missing", "Content-Length: 0\r\n", "Via"],
  [{ From: undefined }, "header-missing", "Content-Length: 0\r\n", "From"],
  [{ To: undefined }, "header-missing", "Content-Length: 0\r\n", "To"],
  [{ "Call-ID": undefined }, "header-missing", "Content-Length: 0\r\n", "Call-ID"],
  [{ CSeq: undefined }, "header-missing", "Content-Length: 0\r\n", "CSeq"],
  [{ Via: "Via: SIP/2.0/UDP x.org;;" }, "via-malformed", "x.org;", "Via"],
  [{ Via: "Via:" }, "via-malformed", "Via:\r\n", "Via"],
  [{ From: 'From: "A <sip:a@x.org>' }, "header-malformed", "From: ", "From"],
  [{ To: "To: <sip:a@x.org" }, "header-malformed", "To: ", "To"],
  [{ "Call-ID": "Call-ID: a b" }, "header-malformed", "Call-ID: a", "Call-ID"],
  [{ "Call-ID": "Call-ID:" }, "header-malformed", "Call-ID:\r\n", "Call-ID"],
  [{ CSeq: "CSeq: INVITE" }, "cseq-malformed", "CSeq: ", "CSeq"],
  [{ CSeq: "CSeq: 7" }, "cseq-malformed", "CSeq: 7", "CSeq"],
  [{ CSeq: "CSeq: 7INVITE" }, "cseq-malformed", "CSeq: 7", "CSeq"],
  [{ CSeq: "CSeq: 7 OPTIONS" }, "cseq-malformed", "CSeq: 7 ", "CSeq"],
  [{ CSeq: "CSeq: 7 INVITEE" }, "cseq-malformed", "CSeq: 7 ", "CSeq"],
  [{ CSeq: "CSeq: 4294967296 INVITE" }, "cseq-malformed", "CSeq: ", "CSeq"],
  [{ "Max-Forwards": "Max-Forwards: 256" }, "header-malformed", "Max-Forwards: ", "Max-Forwards"],
  [{ "Max-Forwards": "Max-Forwards: -1" }, "header-malformed", "Max-Forwards: ", "Max-Forwards"],
  [
    { "Content-Length": "Content-Length: -1" },
    "content-length-wrong",
    "Content-Length: ",
    "Content-Length",
  ],
  [{ "Content-Length": "l: 1" }, "content-length-wrong", "l: ", "Content-Length"],
  [
    { "Content-Length": "l: 0\r\nContent-Length: 0" },
    "content-length-wrong",
    "l: 0\r\n",
    "Content-Length",
  ],
  [
    { To: "To: <sip:b@x.org>\r\nt: <sip:c@x.org>" },
    "header-malformed",
    "To: <sip:b@x.org>\r\n",
    "To",
  ],
  [{ CSeq: "CSeq: 7 INVITE\r\nCSeq: 7 INVITE" }, "cseq-malformed", "CSeq: 7 INVITE\r\n", "CSeq"],
  [{ X: "no colon here" }, "header-malformed", "no "],
  [{ X: ": nameless" }, "header-malformed", "Content-Length: 0\r\n"],
];

test("each fault has its cause, place and header field, and the sender can be told (RFC 3261 §16.3 step 1, §8.1.1.5, §20.16)", () => {
  for (const [changes, causeId, before, headerName] of faults) {
    const text = inviteWith(changes);
    const found = fault(text);
    const label = JSON.stringify(changes);
    assert.equal(found.causeId, causeId, label);
    assert.equal(found.cause.id, causeId, label);
    assert.ok(text.slice(0, found.offset).endsWith(before), `${label} at ${found.offset}`);
    assert.equal(found.headerName, headerName, label);
    assert.ok(found.expected.length > 0, label);
  }
});

test("who cannot be told is not: no Via, no CSeq, no request, an ACK (RFC 3261 §16.3 step 1, §17.1.1.3)", () => {
  assert.equal(fault(inviteWith({ Via: undefined })).answerable, undefined);
  assert.equal(fault(inviteWith({ CSeq: undefined })).answerable, undefined);
  assert.equal(fault("noise").answerable, undefined);
  assert.equal(fault(okWith({ To: undefined })).answerable, undefined);
  assert.equal(fault(okWith({ To: undefined })).of, "response");
  const ack = inviteWith({ "": "ACK sip:b@x.org SIP/2.0", CSeq: "CSeq: 7 INVITE" });
  assert.equal(fault(ack).of, "request");
  assert.equal(fault(ack).answerable, undefined);
  assert.ok(fault(inviteWith({ CSeq: "CSeq: 7 ACK" })).answerable !== undefined);
});

test("a Via with broken parameters still says where an answer goes (RFC 4475 §3.1.2.1)", () => {
  const found = fault(inviteWith({ Via: "Via: SIP/2.0/UDP 192.0.2.15;rport;branch=b;;,;,," }));
  assert.equal(found.answerable?.topVia.host, "192.0.2.15");
  assert.equal(found.answerable?.topVia.rport, 0);
  assert.equal(found.answerable?.topVia.branchId, "b");
});

test("status codes have three digits, from 100 to 699 (RFC 3261 §7.2, RFC 4475 §3.1.2.19)", () => {
  for (const code of ["4294967301", "99", "099", "700", "20", "2x0", ""]) {
    const found = fault(okWith({ "": `SIP/2.0 ${code} x` }));
    assert.equal(found.causeId, "start-line-malformed", code);
    assert.equal(found.of, "response");
  }
  assert.equal(fault(okWith({ "": "SIP/3.0 200 OK" })).causeId, "version-unsupported");
});

test("a header block that is cut short is malformed", () => {
  const text = inviteWith();
  for (let size = 0; size < text.length; size += 1) {
    assert.ok(isMalformed(parseMessage(text.slice(0, size))), `${size} bytes`);
  }
});

function inviteOfFields(count: number): string {
  const lines = inviteWith().trimEnd().split("\r\n");
  return message([...lines, ...Array.from({ length: count + 1 - lines.length }, () => "X: y")]);
}

/** With one header field of that size, line break included. */
function inviteWithField(sizeBytes: number): string {
  return inviteWith({ X: `X: ${"y".repeat(sizeBytes - 5)}` });
}

test("each limit stops what goes beyond it, and not what reaches it (RFC 3261 §18.1.1)", () => {
  assert.equal(read(inviteOfFields(HEADER_FIELDS_MAX)).kind, "request");
  assert.equal(fault(inviteOfFields(HEADER_FIELDS_MAX + 1)).causeId, "header-malformed");
  assert.equal(read(inviteWithField(HEADER_FIELD_SIZE_BYTES_MAX)).kind, "request");
  const tooLong = fault(inviteWithField(HEADER_FIELD_SIZE_BYTES_MAX + 1));
  assert.equal(tooLong.causeId, "message-too-large");
  assert.deepEqual(tooLong.cause.evidence, {
    sizeBytes: HEADER_FIELD_SIZE_BYTES_MAX + 1,
    limitBytes: HEADER_FIELD_SIZE_BYTES_MAX,
  });

  const block = "y".repeat(16_000);
  const four = { A: `A: ${block}`, B: `B: ${block}`, C: `C: ${block}`, D: `D: ${block}` };
  assert.equal(fault(inviteWith(four)).causeId, "message-too-large");

  const head = inviteWith({ "Content-Length": undefined });
  const room = MESSAGE_SIZE_BYTES_MAX - head.length;
  assert.equal(read(head + "y".repeat(room)).kind, "request");
  assert.equal(fault(head + "y".repeat(room + 1)).causeId, "message-too-large");
});

test("a message may end its lines with a bare LF", () => {
  const invite = request(inviteWith({ Subject: "Subject: a\r\n b" }).replaceAll("\r\n", "\n"));
  assert.equal(invite.callId, "c1@192.0.2.10");
  assert.equal(invite.header(Header.Subject), "a b");
});

test("a CR that ends no line is malformed, and not what another reader takes for a second field (RFC 3261 §25.1)", () => {
  const hidden = fault(inviteWith({ Subject: "Subject: a\rRoute: <sip:x>" }));
  assert.equal(hidden.causeId, "header-malformed");
  assert.equal(hidden.expected, "line-feed");
  assert.equal(hidden.headerName, "Subject");
  assert.equal(fault(inviteWith({ X: "X: a\r\n b\rc" })).causeId, "header-malformed");
  assert.equal(fault(inviteWith({ X: "X: a\r" })).causeId, "header-malformed");
  assert.equal(fault(okWith({ "": "SIP/2.0 200 O\rK" })).causeId, "start-line-malformed");
  assert.equal(read(inviteWith({ X: "X: a\r\n\tb" })).headerByName("X"), "a b");
});
