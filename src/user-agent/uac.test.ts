// What a user agent client makes of odd responses, and of being asked odd things (RFC 3261 §8.1, §10.2, §19.1.5).
import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryLink } from "./memory-link.ts";

/** Alice on a link that carries nothing but what is put on it; what she sends is kept. */
function aliceAlone(password?: string) {
  const sent: string[] = [];
  const link = new MemoryLink((text) => {
    sent.push(text);
    return 0;
  });
  const alice = link.add("alice", { kind: "busy" }, password);
  return { link, alice, sent };
}

type Change = (response: string) => string;

/** Somebody answers the last request that was sent. */
function answer(
  { link, sent }: ReturnType<typeof aliceAlone>,
  statusLine: string,
  change: Change = (response) => response,
): void {
  const request = sent.at(-1) ?? "";
  const copied = ["Via", "From", "To", "Call-ID", "CSeq"].map(
    (name) => new RegExp(`^${name}: .*$`, "m").exec(request)?.[0].trimEnd() ?? "",
  );
  const lines = [`SIP/2.0 ${statusLine}`, ...copied, "Contact: <sip:bob@192.0.2.9>"];
  const text = [...lines, "Content-Length: 0", "", ""].join("\r\n");
  link.inject(change(text.replace(/^To: .*$/m, "$&;tag=b1")), "192.0.2.9:5060", "192.0.2.1:5060");
  link.runUntil(link.nowMs + 1);
}

function calling(uri = "sip:bob@192.0.2.9") {
  const alone = aliceAlone();
  alone.link.act(alone.alice, (nowMs, out) => void alone.alice.call(uri, nowMs, out));
  return alone;
}

const heard = (alone: ReturnType<typeof aliceAlone>): boolean =>
  alone.link.lines.some((line) => line.includes("refused"));

test("a response whose Via names another place than ours is dropped (RFC 3261 §18.1.2)", () => {
  const call = calling();
  answer(call, "404 Not Found", (text) => text.replace("UDP 192.0.2.1:5060", "UDP 192.0.2.2:5060"));
  assert.equal(heard(call), false);
  answer(call, "404 Not Found", (text) => text.replace("UDP 192.0.2.1:5060", "UDP 192.0.2.1:5070"));
  assert.equal(heard(call), false);
  answer(call, "404 Not Found", (text) => text.replace("UDP 192.0.2.1:5060", "UDP 192.0.2.1"));
  assert.equal(heard(call), true, "5060 is what no port means");
});

test("a response with somebody's Via below ours went astray and is dropped (RFC 3261 §8.1.3.3)", () => {
  const call = calling();
  const below = "$&\r\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKother";
  answer(call, "404 Not Found", (text) => text.replace(/^Via: .*$/m, below));
  assert.equal(heard(call), false);
  answer(call, "404 Not Found");
  assert.equal(heard(call), true);
});

test("a final response with a code that nobody knows counts as the x00 of its class (RFC 3261 §8.1.3.2)", () => {
  const call = calling();
  answer(call, "188 Hm");
  answer(call, "499 Hm");
  assert.deepEqual(
    call.link.lines.map((line) => line.replace(/^\d+ /, "")),
    ["alice > INVITE sip:bob@192.0.2.9", "alice > ACK sip:bob@192.0.2.9", "alice * refused 499"],
  );
});

test("a 2xx without a To tag, as of RFC 2543, is acknowledged all the same (RFC 3261 §12.1.2)", () => {
  const call = calling();
  answer(call, "200 OK", (text) => text.replace(";tag=b1", ""));
  assert.match(
    call.sent.at(-1) ?? "",
    /^ACK sip:bob@192\.0\.2\.9 [^]*\r\nTo: <sip:bob@192\.0\.2\.9>\r\n/,
  );
});

test("an INVITE of theirs that crosses ours gets 491; one of no dialog 481 (RFC 3261 §14.2, §12.2.2)", () => {
  const call = calling();
  const invite = call.sent[0] ?? "";
  const [from = ""] = /(?<=^From: ).*(?=\r$)/m.exec(invite) ?? [];
  const [callId = ""] = /(?<=^Call-ID: ).*(?=\r$)/m.exec(invite) ?? [];
  const theirs = (toTag: string): string =>
    [
      "INVITE sip:alice@192.0.2.1 SIP/2.0",
      `Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK${toTag.length}`,
      "Max-Forwards: 70",
      "From: <sip:bob@192.0.2.9>;tag=b1",
      `To: ${toTag}`,
      `Call-ID: ${callId}`,
      "CSeq: 1 INVITE",
      "Contact: <sip:bob@192.0.2.9>",
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n");
  const last = (): string => call.sent.at(-1)?.split("\r\n")[0] ?? "";
  call.link.inject(theirs(from), "192.0.2.9:5060", "192.0.2.1:5060");
  call.link.runUntil(call.link.nowMs + 1);
  assert.equal(last(), "SIP/2.0 491 Request Pending");
  call.link.inject(theirs(`${from}x`), "192.0.2.9:5060", "192.0.2.1:5060");
  call.link.runUntil(call.link.nowMs + 1);
  assert.equal(last(), "SIP/2.0 481 Call/Transaction Does Not Exist");
});

test("a URI with a method and headers is called without them; other parameters stay (RFC 3261 §19.1.5, §19.1.1)", () => {
  const call = calling("sip:bob@192.0.2.9;method=BYE;user=phone;x=y?Subject=lunch");
  assert.match(call.sent[0] ?? "", /^INVITE sip:bob@192\.0\.2\.9;user=phone;x=y SIP\/2\.0\r\n/);
  assert.match(call.sent[0] ?? "", /^To: <sip:bob@192\.0\.2\.9;user=phone;x=y>\r$/m);
});

test("a REGISTER waits until the one before has its final response or has timed out (RFC 3261 §10.2)", () => {
  const alone = aliceAlone();
  const { link, alice, sent } = alone;
  const register = (seconds: number): void =>
    link.act(alice, (nowMs, out) => alice.register(seconds, nowMs, out));
  const expires = (): string[] =>
    sent.map((text) => /^Expires: (\d+)\r$/m.exec(text)?.[1] ?? "none");
  register(300);
  register(0);
  answer(alone, "100 Trying");
  assert.deepEqual(expires(), ["300"]);
  answer(alone, "200 OK");
  assert.deepEqual(expires(), ["300", "0"]);
  assert.match(sent.at(-1) ?? "", /^CSeq: 2 REGISTER\r$/m);
  register(600);
  link.runUntil(link.nowMs + 33_000);
  assert.equal(expires().at(-1), "600", "after the time-out of the second");
});

test("an INVITE has what every request needs: tag in From, none in To, one Contact, 70 forwards (RFC 3261 §8.1.1, §8.1.1.2, §8.1.1.3, §8.1.1.6, §8.1.1.8, §12.1.2)", () => {
  const { sent } = calling();
  const [invite = ""] = sent;
  assert.match(
    invite,
    /^Via: SIP\/2\.0\/UDP 192\.0\.2\.1:5060;branch=z9hG4bK[0-9a-f]{32};rport\r$/m,
  );
  assert.match(invite, /^Max-Forwards: 70\r$/m);
  assert.match(invite, /^From: <sip:alice@example\.org>;tag=[0-9a-f]{16}\r$/m);
  assert.match(invite, /^To: <sip:bob@192\.0\.2\.9>\r$/m);
  assert.deepEqual(invite.match(/^Contact: .*$/gm), ["Contact: <sip:alice@192.0.2.1:5060>"]);
  assert.match(invite, /^CSeq: 1 INVITE\r$/m);
});

test("rport is asked for without a value (RFC 3581 §3)", () => {
  assert.match(calling().sent[0] ?? "", /;rport\r$/m);
});

test("a body comes with its type, no body with none (RFC 3261 §7.4.1, §20.15)", () => {
  const call = calling();
  assert.match(call.sent[0] ?? "", /^Content-Type: application\/sdp\r$/m);
  answer(call, "200 OK");
  assert.doesNotMatch(call.sent.at(-1) ?? "", /^Content-Type/m);
});

test("the ACK of a 2xx and the CANCEL require nothing, no more than the INVITE did (RFC 3261 §8.2.2.3, §9.1)", () => {
  const call = calling();
  answer(call, "180 Ringing");
  const [callId = ""] = /(?<=^Call-ID: ).*(?=\r$)/m.exec(call.sent[0] ?? "") ?? [];
  call.link.act(call.alice, (nowMs, out) => call.alice.hangUp(callId, nowMs, out));
  assert.match(call.sent.at(-1) ?? "", /^CANCEL /);
  assert.ok(call.sent.every((text) => !/^(Proxy-)?Require:/m.test(text)));
});

test("each call has a tag and a Call-ID of its own (RFC 3261 §19.3, §8.1.1.4)", () => {
  const { sent, link, alice } = calling();
  link.act(alice, (nowMs, out) => void alice.call("sip:bob@192.0.2.9", nowMs, out));
  for (const pattern of [/^From: .*;tag=(.*)\r$/m, /^Call-ID: (.*)\r$/m]) {
    const [one, other] = sent.map((text) => pattern.exec(text)?.[1]);
    assert.ok(one !== undefined && other !== undefined);
    assert.notEqual(one, other);
    assert.ok(/[0-9a-f]{16}/.test(one), "64 random bits or more");
  }
});

test("a second final response, of another branch's making, changes nothing (RFC 3261 §13.2.2.3)", () => {
  const call = calling();
  answer(call, "486 Busy Here");
  const lines = call.link.lines.length;
  const invite = call.sent.findIndex((text) => text.startsWith("INVITE"));
  call.sent.push(call.sent[invite] ?? "");
  answer(call, "404 Not Found", (text) => text.replace(";tag=b1", ";tag=c1"));
  const later = call.link.lines.slice(lines).map((line) => line.replace(/^\d+ /, ""));
  assert.ok(!later.some((line) => line.includes("refused")), later.join("\n"));
});

test("a REGISTER says that Path is understood, the only option tag that is sent (RFC 3327 §5.1; RFC 3261 §8.1.1.9, §20.37)", () => {
  const alone = aliceAlone();
  alone.link.act(alone.alice, (nowMs, out) => alone.alice.register(300, nowMs, out));
  assert.match(alone.sent[0] ?? "", /^Supported: path\r$/m);
});

test("a Record-Route in the answer to a REGISTER leads nowhere (RFC 3261 §10.2)", () => {
  const alone = aliceAlone();
  const register = (): void =>
    alone.link.act(alone.alice, (nowMs, out) => alone.alice.register(300, nowMs, out));
  register();
  answer(alone, "200 OK", (text) =>
    text.replace("Contact:", "Record-Route: <sip:x.net;lr>\r\nContact:"),
  );
  register();
  assert.match(alone.sent.at(-1) ?? "", /^REGISTER sip:example\.org SIP\/2\.0\r\n/);
  assert.doesNotMatch(alone.sent.at(-1) ?? "", /x\.net/);
});

test("a BYE that is refused, or not answered at all, ends the call all the same (RFC 3261 §15.1.1)", () => {
  for (const statusLine of ["481 Call/Transaction Does Not Exist", undefined]) {
    const call = calling();
    answer(call, "200 OK");
    const [callId = ""] = /(?<=^Call-ID: ).*(?=\r$)/m.exec(call.sent[0] ?? "") ?? [];
    call.link.act(call.alice, (nowMs, out) => call.alice.hangUp(callId, nowMs, out));
    if (statusLine !== undefined) answer(call, statusLine);
    call.link.runUntil(call.link.nowMs + 64_000);
    assert.ok(call.link.lines.some((line) => line.endsWith("hung-up by us")));
    assert.equal(call.alice.callCount, 0);
  }
});

test("credentials of one call are not sent in the next before they are asked for (RFC 3261 §22.3)", () => {
  const alone = aliceAlone("secret");
  const { link, alice, sent } = alone;
  const call = (): void =>
    link.act(alice, (nowMs, out) => void alice.call("sip:bob@192.0.2.9", nowMs, out));
  const hasCredentials = (): boolean => /^Proxy-Authorization: Digest /m.test(sent.at(-1) ?? "");
  call();
  const challenge = 'Proxy-Authenticate: Digest realm="r", nonce="n", qop="auth"';
  answer(alone, "407 Proxy Authentication Required", (text) =>
    text.replace("Contact:", `${challenge}\r\nContact:`),
  );
  assert.equal(hasCredentials(), true);
  call();
  assert.match(sent.at(-1) ?? "", /^CSeq: 1 INVITE\r$/m);
  assert.equal(hasCredentials(), false);
});
