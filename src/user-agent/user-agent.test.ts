import assert from "node:assert/strict";
import { test } from "node:test";
import { Authenticator } from "../auth/index.ts";
import { seededRandom } from "../base/random.ts";
import { MemoryLink } from "./memory-link.ts";
import type { AnswerScript } from "./options.ts";

const answers: AnswerScript = { kind: "answer", ringAfterMs: 100, answerAfterMs: 1_000 };
const BOB = "sip:bob@192.0.2.2:5060";

/** Alice calls Bob at 0 ms; Bob plays that script. */
function calling(script: AnswerScript, link = new MemoryLink()) {
  const alice = link.add("alice", { kind: "busy" });
  const bob = link.add("bob", script);
  let callId = "";
  link.act(alice, (nowMs, out) => {
    callId = alice.call(BOB, nowMs, out);
  });
  const hangUp = (agent: typeof alice): void =>
    link.act(agent, (nowMs, out) => agent.hangUp(callId, nowMs, out));
  return { link, alice, bob, callId, hangUp };
}

/** After the longest timers nothing is left of a call on either side. */
function leavesNothing({ link, alice, bob }: ReturnType<typeof calling>): void {
  link.runUntil(link.nowMs + 64_000);
  assert.deepEqual([alice.callCount, bob.callCount], [0, 0], "calls");
  assert.deepEqual([alice.transactionCount, bob.transactionCount], [0, 0], "transactions");
  assert.equal(alice.deadlineMs, Infinity);
}

test("a call rings, is answered, acknowledged and hung up (RFC 3261 §13, §15)", () => {
  const played = calling(answers);
  played.link.runUntil(3_000);
  played.hangUp(played.alice);
  played.link.runUntil(4_000);
  assert.deepEqual(played.link.lines, [
    "0 alice > INVITE sip:bob@192.0.2.2:5060",
    "10 bob > 100 Trying (INVITE)",
    "110 bob > 180 Ringing (INVITE)",
    "1010 bob > 200 OK (INVITE)",
    "1020 alice > ACK sip:bob@192.0.2.2:5060",
    "1020 alice * established",
    "1030 bob * established",
    "3000 alice > BYE sip:bob@192.0.2.2:5060",
    "3010 bob > 200 OK (BYE)",
    "3010 bob * hung-up by them",
    "3020 alice * hung-up by us",
  ]);
  leavesNothing(played);
});

test("the callee may hang up, and does so when its script says (RFC 3261 §15.1.1)", () => {
  const played = calling({ ...answers, hangUpAfterMs: 500 });
  played.link.runUntil(3_000);
  assert.deepEqual(played.link.lines.slice(-5), [
    "1030 bob * established",
    "1510 bob > BYE sip:alice@192.0.2.1:5060",
    "1520 alice > 200 OK (BYE)",
    "1520 alice * hung-up by them",
    "1530 bob * hung-up by us",
  ]);
  leavesNothing(played);
});

for (const [script, statusCode] of [
  [{ kind: "busy" }, 486],
  [{ kind: "decline" }, 603],
  [{ kind: "refuse", statusCode: 480, afterMs: 0 }, 480],
  [{ kind: "redirect", contactUri: "sip:carol@192.0.2.9" }, 302],
] as const) {
  test(`a callee that plays ${script.kind} answers ${statusCode}, and the call is over`, () => {
    const played = calling(script);
    played.link.runUntil(1_000);
    assert.equal(played.link.lines.at(-2), "20 alice > ACK sip:bob@192.0.2.2:5060");
    assert.equal(played.link.lines.at(-1), `20 alice * refused ${statusCode}`);
    leavesNothing(played);
  });
}

test("a CANCEL waits for a provisional response; the INVITE ends with 487 (RFC 3261 §9.1, §9.2)", () => {
  const played = calling({ kind: "silent-after-100" });
  played.link.runUntil(5);
  played.hangUp(played.alice);
  assert.equal(played.link.lines.length, 1, "nothing is sent before a provisional response");
  played.link.runUntil(1_000);
  assert.deepEqual(played.link.lines.slice(1), [
    "10 bob > 100 Trying (INVITE)",
    "20 alice > CANCEL sip:bob@192.0.2.2:5060",
    "30 bob > 200 OK (CANCEL)",
    "30 bob > 487 Request Terminated (INVITE)",
    "30 bob * caller-cancelled",
    "40 alice > ACK sip:bob@192.0.2.2:5060",
    "40 alice * cancelled 487",
  ]);
  leavesNothing(played);
});

test("an answer that crosses the CANCEL is acknowledged and hung up (RFC 3261 §9.1)", () => {
  const played = calling({ kind: "answer", ringAfterMs: 50, answerAfterMs: 500 });
  played.link.runUntil(505);
  played.hangUp(played.alice);
  played.link.runUntil(2_000);
  const said = played.link.lines.filter((line) => Number.parseInt(line, 10) >= 505);
  assert.deepEqual(said, [
    "505 alice > CANCEL sip:bob@192.0.2.2:5060",
    "510 bob > 200 OK (INVITE)",
    "515 bob > 200 OK (CANCEL)",
    "520 alice > ACK sip:bob@192.0.2.2:5060",
    "520 alice * established",
    "520 alice > BYE sip:bob@192.0.2.2:5060",
    "530 bob * established",
    "530 bob > 200 OK (BYE)",
    "530 bob * hung-up by them",
    "540 alice * cancelled no answer",
  ]);
  leavesNothing(played);
});

test("64*T1 after a CANCEL that changes nothing the call is given up (RFC 3261 §9.1)", () => {
  const link = new MemoryLink((text) => (text.startsWith("CANCEL") ? 0 : 1));
  const played = calling({ kind: "ring-forever", ringAfterMs: 10 }, link);
  link.runUntil(1_000);
  played.hangUp(played.alice);
  link.runUntil(32_999);
  assert.equal(played.alice.callCount, 1);
  link.runUntil(33_000);
  assert.equal(link.lines.at(-1), "33000 alice * cancelled no answer");
  assert.equal(played.alice.callCount, 0);
});

test("a callee that is switched off: seven INVITEs and a timeout (RFC 3261 §17.1.1.2)", () => {
  const played = calling({ kind: "no-answer-at-all" });
  played.link.runUntil(40_000);
  assert.equal(played.link.lines.filter((line) => line.includes("INVITE")).length, 7);
  assert.equal(played.link.lines.at(-1), "32000 alice * failed");
  leavesNothing(played);
});

test("the 2xx is repeated until its ACK, and each is acknowledged again (RFC 3261 §13.3.1.4, §13.2.2.4, RFC 6026 §8.1)", () => {
  let lostAcks = 2;
  const link = new MemoryLink((text) => (text.startsWith("ACK") && lostAcks-- > 0 ? 0 : 1));
  const played = calling(answers, link);
  link.runUntil(6_000);
  assert.deepEqual(link.lines.slice(3), [
    "1010 bob > 200 OK (INVITE)",
    "1020 alice > ACK sip:bob@192.0.2.2:5060",
    "1020 alice * established",
    "1510 bob > 200 OK (INVITE) again",
    "1520 alice > ACK sip:bob@192.0.2.2:5060 again",
    "2510 bob > 200 OK (INVITE) again",
    "2520 alice > ACK sip:bob@192.0.2.2:5060 again",
    "2530 bob * established",
  ]);
  played.hangUp(played.bob);
  leavesNothing(played);
});

test("a 2xx that is never acknowledged ends with BYE after 64*T1 (RFC 3261 §13.3.1.4)", () => {
  const link = new MemoryLink((text) => (text.startsWith("ACK") ? 0 : 1));
  const played = calling(answers, link);
  link.runUntil(40_000);
  assert.deepEqual(link.lines.slice(-4), [
    "33010 bob > BYE sip:alice@192.0.2.1:5060",
    "33020 alice > 200 OK (BYE)",
    "33020 alice * hung-up by them",
    "33030 bob * never-acknowledged",
  ]);
  leavesNothing(played);
});

test("whatever one message in three is lost, every call that is hung up ends on both sides", () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    let state = seed;
    const link = new MemoryLink(() => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      const draw = (state >> 8) % 9;
      return draw < 3 ? 0 : draw === 8 ? 2 : 1;
    });
    const played = calling(answers, link);
    link.runUntil(10_000);
    played.hangUp(played.alice);
    link.runUntil(90_000);
    const ends = (name: string): number =>
      link.lines.filter((line) => line.includes(` ${name} * `) && !line.includes("established"))
        .length;
    assert.equal(ends("alice"), 1, `seed ${seed}: ${link.lines.join("\n")}`);
    assert.ok(ends("bob") <= 1, `seed ${seed}`);
    leavesNothing(played);
  }
});

test("of two branches that answer, the first is the call and the other is hung up (RFC 3261 §13.2.2.4)", () => {
  const played = calling(answers);
  const { link } = played;
  let sentInvite = "";
  link.runUntil(2_000);
  const other = link.add("carol", { kind: "busy" });
  link.act(played.alice, (nowMs, out) => {
    played.alice.call(BOB, nowMs, out);
    const invite = out.find((output) => output.kind === "sendRequest");
    sentInvite = invite?.kind === "sendRequest" ? invite.text : "";
  });
  for (const [tag, address] of [
    ["b1", "192.0.2.2"],
    ["c1", "192.0.2.3"],
  ] as const) {
    const contact = `Contact: <sip:x@${address}:5060>`;
    answersTo(link, sentInvite, "200 OK", { tag, headers: [contact] });
  }
  link.runUntil(link.nowMs + 5);
  const said = link.lines.filter((line) => line.includes(" alice ")).slice(-5);
  assert.deepEqual(
    said.map((line) => line.replace(/^\d+ /, "")),
    [
      "alice > INVITE sip:bob@192.0.2.2:5060",
      "alice > ACK sip:x@192.0.2.2:5060",
      "alice * established",
      "alice > ACK sip:x@192.0.2.3:5060",
      "alice > BYE sip:x@192.0.2.3:5060",
    ],
  );
  assert.equal(other.callCount, 0);
});

/** A registrar's and a proxy's challenge, made by the server's own authenticator. */
function challenges(realm: string): readonly string[] {
  const authenticator = new Authenticator({
    secret: "0123456789abcdef0123456789abcdef",
    nonceLifetimeMs: 60_000,
    algorithms: ["SHA-256", "MD5"],
    random: seededRandom(5),
  });
  return authenticator.challenge(realm, 0, { stale: false });
}

/** Somebody answers what alice sent with that response. */
function answersTo(
  link: MemoryLink,
  sent: string,
  statusLine: string,
  { tag = "p1", headers }: { readonly tag?: string; readonly headers: readonly string[] },
): void {
  const copied = ["Via", "From", "Call-ID", "CSeq"].map(
    (name) => new RegExp(`^${name}: .*$`, "m").exec(sent)?.[0].trimEnd() ?? "",
  );
  const to = /^To: .*$/m.exec(sent)?.[0].trimEnd() ?? "";
  const text = [statusLine, ...copied, `${to};tag=${tag}`, ...headers, "Content-Length: 0", "", ""];
  link.inject(`SIP/2.0 ${text.join("\r\n")}`, "192.0.2.99:5060", "192.0.2.1:5060");
  link.runUntil(link.nowMs + 10);
}

test("a challenge is answered once with the strongest algorithm and a higher CSeq (RFC 3261 §22.2, RFC 8760, RFC 3261 §8.1.1.4, RFC 3261 §22.1)", () => {
  const sent: string[] = [];
  const link = new MemoryLink((text) => {
    sent.push(text);
    return 0;
  });
  const alice = link.add("alice", { kind: "busy" }, "secret");
  link.act(alice, (nowMs, out) => void alice.call("sip:bob@example.org", nowMs, out));
  const challenged = challenges("example.org").map((value) => `Proxy-Authenticate: ${value}`);
  answersTo(link, sent[0] ?? "", "407 Proxy Authentication Required", { headers: challenged });
  const again = sent.find((text) => /^CSeq: 2 INVITE/m.test(text)) ?? "";
  assert.match(again, /^Proxy-Authorization: Digest username="alice".*algorithm=SHA-256/m);
  assert.match(again, /^INVITE sip:bob@example.org SIP/);
  const callIds = new Set(sent.map((text) => /^Call-ID: (.*)\r$/m.exec(text)?.[1]));
  assert.equal(callIds.size, 1, "the same call");

  answersTo(link, again, "407 Proxy Authentication Required", { headers: challenged });
  assert.equal(link.lines.at(-1)?.endsWith("alice * refused 407"), true, "no third time");
});

test("without a password a challenge is the end (RFC 3261 §22.2)", () => {
  const sent: string[] = [];
  const link = new MemoryLink((text) => {
    sent.push(text);
    return 0;
  });
  const alice = link.add("alice", { kind: "busy" });
  link.act(alice, (nowMs, out) => void alice.call("sip:bob@example.org", nowMs, out));
  const challenged = challenges("example.org").map((value) => `Proxy-Authenticate: ${value}`);
  answersTo(link, sent[0] ?? "", "407 Proxy Authentication Required", { headers: challenged });
  assert.equal(link.lines.at(-1)?.endsWith("alice * refused 407"), true);
});

test("a REGISTER is challenged, answered, lengthened and granted (RFC 3261 §10.2, RFC 3261 §10.2.4, §10.2.8)", () => {
  const sent: string[] = [];
  const link = new MemoryLink((text) => {
    sent.push(text);
    return 0;
  });
  const alice = link.add("alice", { kind: "busy" }, "secret");
  link.act(alice, (nowMs, out) => alice.register(30, nowMs, out));
  const challenged = challenges("example.org").map((value) => `WWW-Authenticate: ${value}`);
  answersTo(link, sent[0] ?? "", "401 Unauthorized", { headers: challenged });
  const second = sent.at(-1) ?? "";
  assert.match(second, /^REGISTER sip:example.org SIP/);
  assert.match(second, /^Authorization: Digest username="alice"/m);
  assert.match(second, /^Expires: 30\r$/m);
  answersTo(link, second, "423 Interval Too Brief", { headers: ["Min-Expires: 60"] });
  const third = sent.at(-1) ?? "";
  assert.match(third, /^Expires: 60\r$/m);
  assert.match(third, /^CSeq: 3 REGISTER\r$/m);
  answersTo(link, third, "200 OK", { headers: ["Contact: <sip:alice@192.0.2.1:5060>;expires=55"] });
  assert.equal(link.lines.at(-1)?.endsWith("alice * registered for 55 s"), true);
});

test("a device registers under its q; its calls carry none (RFC 3261 §10.2.1.2)", () => {
  const sent: string[] = [];
  const link = new MemoryLink((text) => {
    sent.push(text);
    return 0;
  });
  const alice = link.add("alice", { kind: "busy" }, undefined, 0.5);
  link.act(alice, (nowMs, out) => alice.register(60, nowMs, out));
  link.act(alice, (nowMs, out) => void alice.call(BOB, nowMs, out));
  const contacts = sent.map((text) => /^Contact: (.*)\r$/m.exec(text)?.[1]);
  assert.deepEqual(contacts, ["<sip:alice@192.0.2.1:5060>;q=0.5", "<sip:alice@192.0.2.1:5060>"]);
});

test("OPTIONS is answered 200, an unknown method 501, a stray BYE or CANCEL 481 (RFC 3261 §8.2.1, §11.2, RFC 3261 §12.2.2, §15.1.2)", () => {
  const link = new MemoryLink();
  const alice = link.add("alice", { kind: "busy" });
  link.add("bob", answers);
  link.act(alice, (nowMs, out) => alice.ask("OPTIONS", BOB, nowMs, out));
  link.runUntil(100);
  assert.deepEqual(link.lines, [
    "0 alice > OPTIONS sip:bob@192.0.2.2:5060",
    "10 bob > 200 OK (OPTIONS)",
    "20 alice * answered",
  ]);
  for (const [method, statusLine] of [
    ["FETCH", "501 Not Implemented"],
    ["MESSAGE", "405 Method Not Allowed"],
    ["BYE", "481 Call/Transaction Does Not Exist"],
    ["CANCEL", "481 Call/Transaction Does Not Exist"],
  ] as const) {
    link.inject(stray(method), "192.0.2.1:5060", "192.0.2.2:5060");
    link.runUntil(link.nowMs + 5);
    assert.ok(link.lines.at(-1)?.endsWith(`bob > ${statusLine} (${method})`), method);
  }
});

test("an INVITE that comes by two ways rings once; the second is 482 (RFC 3261 §8.2.2.2)", () => {
  const link = new MemoryLink();
  link.add("alice", { kind: "busy" });
  link.add("bob", answers);
  link.inject(stray("INVITE"), "192.0.2.1:5060", "192.0.2.2:5060");
  link.runUntil(5);
  link.inject(
    stray("INVITE").replace("z9hG4bKs1", "z9hG4bKs2"),
    "192.0.2.1:5060",
    "192.0.2.2:5060",
  );
  link.runUntil(9);
  assert.deepEqual(link.lines, [
    "0 bob > 100 Trying (INVITE)",
    "5 bob > 482 Loop Detected (INVITE)",
  ]);
});

test("a Require that we do not understand is refused with 420 (RFC 3261 §8.2.2.3, RFC 3261 §20.32)", () => {
  const link = new MemoryLink();
  link.add("alice", { kind: "busy" });
  link.add("bob", answers);
  link.inject(
    stray("INVITE").replace("Max-Forwards", "Require: 100rel\r\nMax-Forwards"),
    "192.0.2.1:5060",
    "192.0.2.2:5060",
  );
  link.runUntil(5);
  assert.deepEqual(link.lines.slice(0, 1), ["0 bob > 420 Bad Extension (INVITE)"]);
});

function stray(method: string): string {
  return [
    `${method} ${BOB} SIP/2.0`,
    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKs1",
    "Max-Forwards: 70",
    "From: <sip:alice@example.org>;tag=s1",
    "To: <sip:bob@example.org>",
    `Call-ID: stray-${method}`,
    `CSeq: 1 ${method}`,
    "Contact: <sip:alice@192.0.2.1:5060>",
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
}
