// What a user agent server says to requests, beyond the course of a call (RFC 3261 §8.2, §11.2, §13.3, §14.2).
import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryLink } from "./memory-link.ts";
import type { AnswerScript } from "./options.ts";

const ALICE = "192.0.2.1:5060";
const BOB = "192.0.2.2:5060";
const answers: AnswerScript = { kind: "answer", ringAfterMs: 10, answerAfterMs: 500 };

/** Bob, who plays that script, and all that he sends. */
function bobWho(script: AnswerScript) {
  const sent: string[] = [];
  const link = new MemoryLink((text) => {
    if (text.includes("SIP/2.0 ") && text.startsWith("SIP/2.0")) sent.push(text);
    return 1;
  });
  const alice = link.add("alice", { kind: "busy" });
  link.add("bob", script);
  const said = (method: string): string[] =>
    sent
      .filter((text) => text.includes(` ${method}\r\n`))
      .map((text) => text.slice(8, text.indexOf("\r\n")));
  const tell = (text: string): void => {
    link.inject(text, ALICE, BOB);
    link.runUntil(link.nowMs + 1);
  };
  return { link, alice, sent, said, tell };
}

function request(
  method: string,
  more: {
    readonly headers?: readonly string[];
    readonly body?: string;
    readonly uri?: string;
  } = {},
): string {
  const { headers = [], body = "", uri = `sip:bob@${BOB}` } = more;
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${ALICE};branch=z9hG4bKs1`,
    "Max-Forwards: 70",
    "From: <sip:alice@example.org>;tag=s1",
    "To: <sip:bob@example.org>",
    "Call-ID: one",
    `CSeq: 1 ${method}`,
    `Contact: <sip:alice@${ALICE}>`,
    ...headers,
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n");
}

for (const [script, status] of [
  [answers, "200 OK"],
  [{ kind: "ring-forever", ringAfterMs: 0 }, "200 OK"],
  [{ kind: "busy" }, "486 Busy Here"],
  [{ kind: "decline" }, "603 Decline"],
  [{ kind: "refuse", statusCode: 480, afterMs: 0 }, "480 Temporarily Unavailable"],
  [{ kind: "redirect", contactUri: "sip:carol@192.0.2.9" }, "302 Moved Temporarily"],
] as const) {
  test(`OPTIONS to who plays ${script.kind} gets ${status}, as an INVITE would (RFC 3261 §11.2)`, () => {
    const bob = bobWho(script);
    bob.tell(request("OPTIONS"));
    assert.deepEqual(bob.said("OPTIONS"), [status]);
    const hasContact = bob.sent[0]?.includes("Contact: <sip:carol@192.0.2.9>");
    assert.equal(hasContact, script.kind === "redirect");
  });
}

test("a body that is no session description is refused with 415 and what is accepted (RFC 3261 §8.2.3)", () => {
  const headers = ["Content-Type: text/plain"];
  const bob = bobWho(answers);
  bob.tell(request("INVITE", { headers, body: "hello" }));
  assert.deepEqual(bob.said("INVITE"), ["415 Unsupported Media Type"]);
  assert.match(bob.sent[0] ?? "", /^Accept: application\/sdp\r$/m);
});

test("a body in an encoding is refused with 415 and the encodings that are accepted (RFC 3261 §8.2.3)", () => {
  const headers = ["Content-Type: application/sdp", "Content-Encoding: gzip"];
  const bob = bobWho(answers);
  bob.tell(request("INVITE", { headers, body: "hello" }));
  assert.deepEqual(bob.said("INVITE"), ["415 Unsupported Media Type"]);
  assert.match(bob.sent[0] ?? "", /^Accept-Encoding: identity\r$/m);
});

test("a body that need not be understood is passed over, and so is none at all (RFC 3261 §8.2.3)", () => {
  const headers = ["Content-Type: text/plain", "Content-Disposition: render;handling=optional"];
  const bob = bobWho(answers);
  bob.tell(request("INVITE", { headers, body: "hello" }));
  assert.deepEqual(bob.said("INVITE"), ["100 Trying"]);
  const other = bobWho(answers);
  other.tell(request("INVITE", { headers: ["Content-Type: text/plain"] }));
  assert.deepEqual(other.said("INVITE"), ["100 Trying"]);
});

test("a header field that nobody knows, or that has no place in a request, is ignored (RFC 3261 §8.2.2, §7.3.2, §20)", () => {
  const bob = bobWho(answers);
  bob.tell(request("INVITE", { headers: ["X-Unheard-Of: yes", "Unsupported: 100rel"] }));
  assert.deepEqual(bob.said("INVITE"), ["100 Trying"]);
});

test("an extension that OPTIONS requires is refused with 420; the same in a CANCEL is ignored (RFC 3261 §8.2.2.3)", () => {
  const headers = ["Require: 100rel, path"];
  const bob = bobWho(answers);
  bob.tell(request("OPTIONS", { headers }));
  assert.deepEqual(bob.said("OPTIONS"), ["420 Bad Extension"]);
  assert.match(bob.sent[0] ?? "", /^Unsupported: 100rel, path\r$/m);
  bob.tell(request("INVITE"));
  bob.tell(request("CANCEL", { headers }));
  assert.deepEqual(bob.said("CANCEL"), ["200 OK"]);
});

test("a Request-URI of another scheme is refused with 416 (RFC 3261 §8.2.2.1)", () => {
  const bob = bobWho(answers);
  bob.tell(request("INVITE", { uri: "mailto:bob@example.org" }));
  assert.deepEqual(bob.said("INVITE"), ["416 Unsupported URI Scheme"]);
});

test("who rings on says so every minute, or a proxy would cancel (RFC 3261 §13.3.1.1)", () => {
  const bob = bobWho({ kind: "ring-forever", ringAfterMs: 100 });
  bob.tell(request("INVITE"));
  bob.link.runUntil(60_099);
  assert.deepEqual(bob.said("INVITE"), ["100 Trying", "180 Ringing"]);
  bob.link.runUntil(120_100);
  assert.deepEqual(bob.said("INVITE").slice(2), ["180 Ringing", "180 Ringing"]);
});

test("an INVITE before the first of its dialog is answered gets 500 with Retry-After (RFC 3261 §14.2)", () => {
  const bob = bobWho({ kind: "ring-forever", ringAfterMs: 0 });
  bob.tell(request("INVITE"));
  const [to = ""] = /^To: .*;tag=.*$/m.exec(bob.sent.at(-1) ?? "") ?? [];
  bob.tell(inDialog("INVITE", to.trimEnd()));
  assert.equal(bob.said("INVITE").at(-1), "500 Server Internal Error");
  const seconds = Number(/^Retry-After: (\d+)\r$/m.exec(bob.sent.at(-1) ?? "")?.[1]);
  assert.ok(seconds >= 0 && seconds <= 10, String(seconds));
});

test("a re-INVITE is refused with 488 and changes nothing: BYE goes where it went (RFC 3261 §14.2, §8.2)", () => {
  const bob = bobWho({ ...answers, hangUpAfterMs: 5_000 });
  const { link, alice } = bob;
  link.act(alice, (nowMs, out) => void alice.call(`sip:bob@${BOB}`, nowMs, out));
  link.runUntil(1_000);
  const ok = bob.sent.findLast((text) => text.startsWith("SIP/2.0 200")) ?? "";
  const field = (name: string): string => new RegExp(`^${name}: .*$`, "m").exec(ok)?.[0] ?? "";
  const again = inDialog("INVITE", field("To").trimEnd())
    .replace(/^From: .*$/m, field("From").trimEnd())
    .replace(/^Call-ID: .*$/m, field("Call-ID").trimEnd())
    .replace(`Contact: <sip:alice@${ALICE}>`, "Contact: <sip:alice@192.0.2.77>");
  bob.tell(again);
  assert.equal(bob.said("INVITE").at(-1), "488 Not Acceptable Here");
  link.runUntil(7_000);
  assert.ok(link.lines.some((line) => line.endsWith("bob > BYE sip:alice@192.0.2.1:5060")));
});

test("a BYE before the answer ends the INVITE too: 200 and 487 (RFC 3261 §15.1.2)", () => {
  const bob = bobWho({ kind: "ring-forever", ringAfterMs: 0 });
  bob.tell(request("INVITE"));
  const [to = ""] = /^To: .*;tag=.*$/m.exec(bob.sent.at(-1) ?? "") ?? [];
  bob.tell(inDialog("BYE", to.trimEnd()));
  assert.deepEqual(bob.said("BYE"), ["200 OK"]);
  assert.equal(bob.said("INVITE").at(-1), "487 Request Terminated");
});

const OFFER = [
  "v=0",
  "o=- 1 1 IN IP4 192.0.2.1",
  "s=-",
  "c=IN IP4 192.0.2.1",
  "t=0 0",
  "m=audio 4000 RTP/AVP 8",
  "",
].join("\r\n");

/** The body of the 2xx that this INVITE gets. */
function bodyOfAnswerTo(invite: string): string {
  const bob = bobWho(answers);
  bob.tell(invite);
  bob.link.runUntil(600);
  const ok = bob.sent.findLast((text) => text.startsWith("SIP/2.0 200")) ?? "";
  return ok.slice(ok.indexOf("\r\n\r\n"));
}

test("the 2xx answers an offer and makes one where there was none (RFC 3261 §13.2.1, §13.3.1, §13.3.1.4)", () => {
  const answer = bodyOfAnswerTo(
    request("INVITE", { headers: ["Content-Type: application/sdp"], body: OFFER }),
  );
  assert.match(answer, /^m=audio \d+ RTP\/AVP 8\r$/m);
  assert.match(bodyOfAnswerTo(request("INVITE")), /^m=audio \d+ RTP\/AVP 0/m);
});

test("all responses to an INVITE name one dialog, with the recorded routes and our Contact (RFC 3261 §12.1.1, §13.3.1.1)", () => {
  const bob = bobWho(answers);
  bob.tell(
    request("INVITE", {
      headers: ["Record-Route: <sip:p2.net;lr>", "Record-Route: <sip:p1.net;lr>"],
    }),
  );
  bob.link.runUntil(600);
  const [ringing = "", ok = ""] = bob.sent.filter((text) => !text.startsWith("SIP/2.0 100"));
  const tags = [ringing, ok].map((text) => /^To: .*;tag=(.*)\r$/m.exec(text)?.[1]);
  assert.ok(tags[0] !== undefined);
  assert.equal(tags[0], tags[1]);
  for (const text of [ringing, ok]) {
    assert.match(text, /^Contact: <sip:bob@192\.0\.2\.2:5060>\r$/m);
    const routes = text.match(/^Record-Route: .*(?=\r$)/gm);
    assert.deepEqual(routes, ["Record-Route: <sip:p2.net;lr>", "Record-Route: <sip:p1.net;lr>"]);
  }
});

test("what is understood is listed, ACK and CANCEL among it (RFC 3261 §13.1, §20.5)", () => {
  const bob = bobWho(answers);
  bob.tell(request("OPTIONS"));
  assert.match(bob.sent[0] ?? "", /^Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r$/m);
});

function inDialog(method: string, to: string): string {
  return request(method)
    .replace("z9hG4bKs1", "z9hG4bKs2")
    .replace("CSeq: 1 ", "CSeq: 2 ")
    .replace("To: <sip:bob@example.org>", to);
}
