import assert from "node:assert/strict";
import { test } from "node:test";
import { Header, type SipRequest } from "../message/index.ts";
import {
  BOB_ADDRESS,
  CALLER_ADDRESS,
  Domain,
  ELSEWHERE_ADDRESS,
  Peer,
} from "../../test/support/domain.ts";
import { assertNothingHeld } from "../../test/support/held.ts";

const limits = { transactions: 3, questionMs: 1_000 };

test("beyond the limit of transactions a new request gets 503 and a Retry-After, and costs no memory (RFC 3261 §8.2.7)", async () => {
  const domain = await new Domain().open({ limits });
  for (let count = 0; count < 3; count += 1) {
    // oxlint-disable-next-line no-await-in-loop
    assert.equal(await domain.caller.ask(), undefined);
  }
  const text = domain.caller.text();
  const send = async (): Promise<string> => {
    await domain.caller.send(text);
    return domain.caller.responses.at(-1)?.text ?? "";
  };
  const first = await send();
  const again = await send();
  assert.equal(domain.caller.responses.at(-1)?.statusCode, 503);
  assert.equal(domain.caller.responses.at(-1)?.header(Header.RetryAfter), "5");
  assert.equal(first, again, "a repeated request gets the same answer");
  assert.equal(domain.lastCauseId, "overloaded");
  assert.equal(domain.server.held().servers, 3);
  assert.equal(domain.server.counters.refusedStateless, 2);
});

test("beyond the limit a CANCEL for nothing costs no memory either, and one that matches still cancels", async () => {
  const domain = await new Domain().open({ limits: { ...limits, transactions: 1 } });
  const call = { callId: "c", branch: "z9hG4bKcall" };
  await domain.caller.ask(call);
  const stray = await domain.caller.ask({ method: "CANCEL" });
  assert.equal(`${stray?.statusCode} ${domain.lastCauseId}`, "481 transaction-unknown");
  assert.equal(domain.server.held().servers, 1);
  const cancelled = await domain.caller.ask({ ...call, method: "CANCEL" });
  assert.equal(cancelled?.statusCode, 200);
});

test("the case of a cancelled call has the CANCEL and its 200 among its messages (RFC 3261 §9.2)", async () => {
  const domain = await new Domain().open({ auth: "none" });
  const call = { callId: "c", branch: "z9hG4bKcall" };
  await domain.caller.ask(call);
  const [invite] = domain.bob.requests;
  assert.ok(invite !== undefined);
  await domain.bob.respond(invite, "180 Ringing");
  await domain.caller.ask({ ...call, method: "CANCEL" });
  await domain.bob.respond(invite, "487 Request Terminated");
  const said = domain.records.at(-1)?.messages.filter(({ branch }) => branch === 0);
  assert.deepEqual(
    said?.map(({ direction, text }) => `${direction} ${text.slice(0, 11)}`),
    [
      "in INVITE sip:",
      "out SIP/2.0 100",
      "out SIP/2.0 180",
      "in CANCEL sip:",
      "out SIP/2.0 200",
      "out SIP/2.0 487",
    ],
  );
});

test("of what is refused without a transaction ten a second are kept as cases, all are counted", async () => {
  const domain = await new Domain().open({ limits: { ...limits, transactions: 0 } });
  const before = domain.records.length;
  for (let count = 0; count < 15; count += 1) {
    // oxlint-disable-next-line no-await-in-loop
    await domain.caller.ask();
  }
  assert.equal(domain.records.length - before, 10);
  assert.equal(domain.server.counters.refusedStateless, 15);
});

test("a server that shuts down refuses what is new with 503, and lets calls end", async () => {
  const domain = await new Domain().open({ auth: "none" });
  await domain.caller.ask({ callId: "c" });
  const [invite] = domain.bob.requests;
  assert.ok(invite !== undefined);
  await domain.bob.respond(invite, "200 OK", [`Contact: <sip:bob@${BOB_ADDRESS}>`]);
  domain.server.drain();
  assert.equal((await domain.caller.ask())?.statusCode, 503);
  assert.equal(domain.lastCauseId, "shutting-down");
  const route = [invite.values(Header.RecordRoute)[0] ?? ""];
  const uri = `sip:bob@${BOB_ADDRESS}`;
  await domain.caller.ask({ method: "BYE", callId: "c", cseq: 2, toTag: "t1", uri, route });
  assert.equal(domain.bob.requests.at(-1)?.method, "BYE");
});

test("a server that ends tells who waits 503, cancels what rings, and keeps the case (RFC 3261 §16.2)", async () => {
  const domain = await new Domain().open({ auth: "none" });
  await domain.caller.ask({ callId: "c" });
  const [invite] = domain.bob.requests;
  assert.ok(invite !== undefined);
  await domain.bob.respond(invite, "180 Ringing");
  const before = domain.records.length;
  await domain.server.close();
  await domain.time.passes(50);
  assert.equal(domain.caller.responses.at(-1)?.statusCode, 503);
  assert.equal(domain.bob.requests.at(-1)?.method, "CANCEL");
  assert.equal(domain.records.length, before + 1);
  assert.equal(domain.lastCauseId, "shutting-down");
});

test("what comes before the last listener is open is answered when all are, and knows our addresses (RFC 3261 §16.4)", async () => {
  // Seen in simulation, seed 720: a BYE came right after a restart, when its socket was bound and the server did not yet
  // know that the Route in it was its own. It got 403.
  const domain = new Domain();
  const early = await new Peer(domain, "198.51.100.9").open();
  const open = domain.layer.open.bind(domain.layer);
  domain.layer.open = async (events) => {
    const endpoints = await open(events);
    await early.send(early.text({ method: "OPTIONS", uri: "sip:192.0.2.100" }));
    assert.deepEqual(early.responses, []);
    return endpoints;
  };
  await domain.open();
  await domain.time.passes(50);
  assert.deepEqual(
    early.responses.map(({ statusCode }) => statusCode),
    [200],
  );
});

test("a request that outlives its server transaction is pending all the same, and a server that ends keeps its case", async () => {
  // Seen in simulation, seed 361: a BYE went to a second device late, its server transaction ended 64*T1 after it came
  // (RFC 3261 §17.2.2), and the server was stopped: nothing had waited for it, and it was in no case.
  const domain = await new Domain().open({ auth: "none" });
  const message = { method: "MESSAGE", uri: "sip:carol@example.org", callId: "m" };
  await domain.register("carol@example.org", `sip:carol@${BOB_ADDRESS}`);
  const later = { qMilli: 500, callId: "r2" };
  await domain.register("carol@example.org", `sip:carol@${ELSEWHERE_ADDRESS}`, later);
  await domain.caller.ask(message);
  await domain.time.passes(10_000);
  await domain.bob.respond(domain.bob.requests[0] as SipRequest, "486 Busy Here");
  await domain.time.passes(25_000);
  assert.equal(domain.elsewhere.requests[0]?.method, "MESSAGE");
  assert.deepEqual([domain.server.held().servers, domain.server.held().outlived], [0, 1]);
  assert.deepEqual(
    domain.server.pending().map(({ callId }) => callId),
    ["m"],
  );
  await domain.server.close();
  assert.equal(domain.records.at(-1)?.callId, "m");
  assert.equal(domain.lastCauseId, "shutting-down");
  assert.deepEqual(domain.server.pending(), []);
});

test("what a later answer started is timed, with no other message to wake the server (RFC 3261 §17.1.1.2)", async () => {
  // Seen in review: the resolver answers by promise, the INVITE went out, and its Timer A was in no clock until the
  // next message came. A lost INVITE to a name was not repeated.
  const domain = await new Domain().open();
  await domain.register("carol@example.org", "sip:carol@elsewhere.net");
  await domain.caller.ask({ uri: "sip:carol@example.org" });
  assert.equal(domain.elsewhere.requests.length, 1);
  await domain.time.passes(3_600);
  assert.equal(domain.elsewhere.requests.length, 4, "at 0, 0.5, 1.5 and 3.5 s");
  await domain.time.passes(60_000);
  assert.equal(domain.caller.responses.at(-1)?.statusCode, 408);
  assert.equal(domain.lastCauseId, "branch-timed-out");
  await domain.time.passes(60_000);
  assertNothingHeld(domain.server);
});

test("without rport a response goes to the port of sent-by, with rport to where it came from (RFC 3261 §18.2.2, RFC 3581 §4)", async () => {
  const domain = await new Domain().open();
  const other = await new Peer(domain, CALLER_ADDRESS, "udp", 5070).open();
  const options = domain.caller.text({ method: "OPTIONS", uri: "sip:example.org" });
  await domain.caller.send(options.replace(`${CALLER_ADDRESS}:5060`, `${CALLER_ADDRESS}:5070`));
  assert.deepEqual([domain.caller.responses.length, other.responses.length], [0, 1]);
  const again = domain.caller.text({ method: "OPTIONS", uri: "sip:example.org" });
  await domain.caller.send(again.replace(`${CALLER_ADDRESS}:5060`, `${CALLER_ADDRESS}:5070;rport`));
  assert.deepEqual([domain.caller.responses.length, other.responses.length], [1, 1]);
  const via = domain.caller.responses[0]?.topVia;
  assert.deepEqual([via?.received, via?.rport], [CALLER_ADDRESS, 5060]);
});

test("a response goes to the maddr of the Via and the port of sent-by, rport or not (RFC 3261 §18.2.2)", async () => {
  const domain = await new Domain().open();
  const other = await new Peer(domain, "203.0.113.50", "udp", 5070).open();
  const send = (via: string): Promise<void> => {
    const options = domain.caller.text({ method: "OPTIONS", uri: "sip:example.org" });
    return domain.caller.send(options.replace(`${CALLER_ADDRESS}:5060`, via));
  };
  await send(`${CALLER_ADDRESS}:5070;maddr=203.0.113.50;rport`);
  assert.deepEqual([domain.caller.responses.length, other.responses.length], [0, 1]);
  await send(`${CALLER_ADDRESS}:5060;rport;maddr=name.example`);
  assert.deepEqual([domain.caller.responses.length, other.responses.length], [1, 1]);
});

test("a response that answers nothing of ours is dropped, and counted (RFC 6026 §7.3, RFC 6026 §8.2, §8.9; RFC 3261 §16.7 step 1, RFC 6026 §6)", async () => {
  const domain = await new Domain().open();
  await domain.caller.ask();
  const [invite] = domain.bob.requests;
  assert.ok(invite !== undefined);
  const before = domain.caller.received.length;
  const text = [
    "SIP/2.0 200 OK",
    "Via: SIP/2.0/UDP 192.0.2.100:5060;branch=z9hG4bKnobody",
    `Via: SIP/2.0/UDP ${CALLER_ADDRESS}:5060;branch=z9hG4bK1`,
    "From: <sip:dora@elsewhere.net>;tag=f1",
    "To: <sip:bob@example.org>;tag=x",
    "Call-ID: c",
    "CSeq: 1 INVITE",
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
  await domain.bob.send(text);
  assert.equal(domain.caller.received.length, before);
  assert.equal(domain.server.counters.strayResponses, 1);
});

test("the same request by two ways is no error for a proxy: both go on (RFC 3261 §16.3 step 4)", async () => {
  const domain = await new Domain().open();
  await domain.caller.ask({ callId: "one", branch: "z9hG4bKx1" });
  await domain.caller.ask({ callId: "one", branch: "z9hG4bKx2" });
  const [one, other] = domain.bob.requests;
  assert.ok(one !== undefined && other !== undefined);
  assert.deepEqual([other.callId, other.cseq], [one.callId, one.cseq]);
});

test("a response that names another place than ours in its Via is dropped, whatever its branch (RFC 3261 §18.1.2)", async () => {
  const domain = await new Domain().open();
  await domain.caller.ask();
  const [invite] = domain.bob.requests;
  assert.ok(invite !== undefined);
  const before = domain.caller.received.length;
  const vias = invite.values(Header.Via).join(", ");
  const answer = (written: string): string =>
    `SIP/2.0 180 Ringing\r\nVia: ${written}\r\nFrom: <sip:dora@elsewhere.net>;tag=f1\r\n` +
    `To: <sip:bob@example.org>;tag=x\r\nCall-ID: ${invite.callId}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n`;
  await domain.bob.send(answer(vias.replace("192.0.2.100", "192.0.2.101")));
  assert.equal(domain.caller.received.length, before);
  assert.equal(domain.server.counters.strayResponses, 1);
  await domain.bob.send(answer(vias));
  assert.equal(domain.caller.received.length, before + 1);
});

test("a response without a Via but ours is dropped: relayed, it would lead nowhere (RFC 3261 §16.7 step 3)", async () => {
  const domain = await new Domain().open();
  await domain.caller.ask();
  const [invite] = domain.bob.requests;
  assert.ok(invite !== undefined);
  const before = domain.caller.received.length;
  const [ours = ""] = invite.values(Header.Via);
  const answer = (vias: string): string =>
    `SIP/2.0 180 Ringing\r\n${vias}From: <sip:dora@elsewhere.net>;tag=f1\r\nTo: <sip:bob@example.org>;tag=x\r\n` +
    `Call-ID: ${invite.callId}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n`;
  await domain.bob.send(answer(`Via: ${ours}\r\n`));
  assert.equal(domain.caller.received.length, before);
  assert.equal(domain.server.counters.strayResponses, 1);
  // The near miss: both in one header field is as good as in two.
  await domain.bob.send(answer(`Via: ${invite.values(Header.Via).join(", ")}\r\n`));
  assert.equal(domain.caller.received.length, before + 1);
});

test("a call that comes over TCP to a device on UDP has both sides in its Record-Route (RFC 5658 §5)", async () => {
  const domain = await new Domain().open();
  const caller = await new Peer(domain, CALLER_ADDRESS, "tcp").open();
  await caller.ask();
  const [invite] = domain.bob.requests;
  assert.deepEqual(
    invite?.values(Header.RecordRoute).map((value) => value.replace(/;nht=.*/, "")),
    ["<sip:192.0.2.100:5060;lr", "<sip:192.0.2.100:5060;transport=tcp;lr"],
  );
  assert.equal(invite?.topVia.transport, "UDP");
});

test("what loops between us and another proxy ends with 482 (RFC 5393 §4.2.2)", async () => {
  const domain = await new Domain().open({ auth: "none" });
  await domain.register("carol@example.org", `sip:carol@${ELSEWHERE_ADDRESS}`);
  await domain.caller.ask({ uri: "sip:carol@example.org" });
  const [request] = domain.elsewhere.requests;
  assert.ok(request !== undefined);
  // The other proxy sends it back to where it came from, as it was before.
  const via = `Via: SIP/2.0/UDP ${ELSEWHERE_ADDRESS}:5060;branch=z9hG4bKback\r\n`;
  const back = request.text
    .replace(request.requestUri.text, "sip:carol@example.org")
    .replace("\r\n", `\r\n${via}`);
  await domain.elsewhere.send(back);
  assert.equal(domain.elsewhere.responses.at(-1)?.statusCode, 482);
  assert.equal(domain.lastCauseId, "loop-detected");
});

test("after an answer over UDP a 2xx that comes again goes on, the INVITE is absorbed, and a CANCEL gets 200 (RFC 6026 §7, RFC 3261 §9.2)", async () => {
  const domain = await new Domain().open({ auth: "none" });
  const call = { callId: "c", branch: "z9hG4bKcall" };
  await domain.caller.ask(call);
  const [invite] = domain.bob.requests;
  assert.ok(invite !== undefined);
  const ok = ["200 OK", [`Contact: <sip:bob@${BOB_ADDRESS}>`]] as const;
  await domain.bob.respond(invite, ...ok);
  const { servers, clients } = domain.server.held();
  assert.deepEqual([servers, clients], [1, 1], "both linger");
  const answers = (): number =>
    domain.caller.responses.filter(({ statusCode }) => statusCode === 200).length;
  assert.equal(answers(), 1);
  await domain.bob.respond(invite, ...ok);
  assert.equal(answers(), 2);
  await domain.bob.respond(invite, "486 Busy Here");
  assert.equal(
    domain.caller.responses.at(-1)?.statusCode,
    200,
    "a refusal after the answer is nobody's",
  );
  const before = domain.bob.requests.length;
  await domain.caller.ask(call);
  assert.equal(domain.bob.requests.length, before, "the INVITE again is absorbed");
  assert.equal((await domain.caller.ask({ ...call, method: "CANCEL" }))?.statusCode, 200);
  assert.equal(domain.bob.requests.length, before, "a CANCEL after the answer has no effect");
  await domain.time.passes(33_000);
  assert.deepEqual([domain.server.held().servers, domain.server.held().clients], [0, 0]);
  await domain.bob.respond(invite, ...ok);
  assert.equal(domain.server.counters.strayResponses, 1, "its time is over");
});
