import assert from "node:assert/strict";
import { test } from "node:test";
import { InviteClientTransaction } from "./invite-client.ts";
import type { TransactionOutput } from "./output.ts";
import { describe, requestOf, responseOf } from "./play.ts";

/** At this time, this happens (a status code arrives, or just time), and exactly this comes out. */
type Step = readonly [
  atMs: number,
  input: "start" | "time" | "transport error" | number,
  ...outputs: string[],
];

function plays(options: { readonly reliable: boolean }, steps: readonly Step[]): void {
  const machine = new InviteClientTransaction(requestOf("INVITE").text, options);
  for (const [atMs, input, ...wanted] of steps) {
    const out: TransactionOutput[] = [];
    machine.advance(atMs, out);
    if (input === "start") machine.start(atMs, out);
    if (input === "transport error") machine.transportFailed(atMs, out);
    if (typeof input === "number") machine.receive(responseOf(input, "INVITE"), atMs, out);
    assert.deepEqual(out.flatMap(describe), wanted, `at ${atMs} ms`);
    assert.ok(machine.deadlineMs > atMs, `still due at ${atMs} ms`);
  }
}

test("retransmits on a doubling Timer A until a provisional response comes (RFC 3261 §17.1.1.2)", () => {
  plays({ reliable: false }, [
    [0, "start", "send INVITE"],
    [499, "time"],
    [500, "time", "send INVITE"],
    [1_499, "time"],
    [1_500, "time", "send INVITE"],
    [1_600, 180, "up 180"],
    [1_700, 183, "up 183"],
    [120_000, "time"],
  ]);
});

test("gives up after 64*T1 and seven sendings when nothing answers (RFC 3261 §17.1.1.2)", () => {
  plays({ reliable: false }, [
    [0, "start", "send INVITE"],
    [500, "time", "send INVITE"],
    [1_500, "time", "send INVITE"],
    [3_500, "time", "send INVITE"],
    [7_500, "time", "send INVITE"],
    [15_500, "time", "send INVITE"],
    [31_500, "time", "send INVITE"],
    [31_999, "time"],
    [32_000, "time", "branch-timed-out", "terminated"],
    [32_001, 200],
  ]);
});

test("a late wake-up sends once, however many retransmissions were missed", () => {
  plays({ reliable: false }, [
    [0, "start", "send INVITE"],
    [7_400, "time", "send INVITE"],
    [7_499, "time"],
    [7_500, "time", "send INVITE"],
    [60_000, "time", "branch-timed-out", "terminated"],
  ]);
});

test("each 2xx passes up for 64*T1; none is acknowledged here (RFC 6026 §7.2)", () => {
  plays({ reliable: false }, [
    [0, "start", "send INVITE"],
    [10, 200, "up 200"],
    [20, 486],
    [30, 180],
    [32_009, 200, "up 200"],
    [32_010, 200, "terminated"],
  ]);
});

test("a refusal is acknowledged every time, and passed up once (RFC 6026 §8.4)", () => {
  plays({ reliable: false }, [
    [0, "start", "send INVITE"],
    [5, 100, "up 100"],
    [10, 486, "send ACK", "up 486"],
    [20, 486, "send ACK"],
    [30, 603, "send ACK"],
    [40, 200],
    [32_009, 486, "send ACK"],
    [32_010, "time", "terminated"],
  ]);
});

test("a reliable transport sends once and still gives up after 64*T1 (RFC 3261 §17.1.1.2)", () => {
  plays({ reliable: true }, [
    [0, "start", "send INVITE"],
    [31_999, "time"],
    [32_000, "time", "branch-timed-out", "terminated"],
  ]);
});

test("over a reliable transport Timer D is zero: acknowledged, passed up, gone (RFC 6026 §8.4)", () => {
  plays({ reliable: true }, [
    [0, "start", "send INVITE"],
    [10, 404, "send ACK", "up 404", "terminated"],
    [20, 404],
  ]);
});

test("a transport error before any response ends it (RFC 3261 §17.1.4)", () => {
  plays({ reliable: false }, [
    [0, "start", "send INVITE"],
    [3, "transport error", "next-hop-unreachable", "terminated"],
  ]);
});

test("a transport error after a provisional response changes nothing (RFC 6026 §8.4, figure 5)", () => {
  plays({ reliable: false }, [
    [0, "start", "send INVITE"],
    [3, 180, "up 180"],
    [4, "transport error"],
    [9, 200, "up 200"],
  ]);
});

test("a transport error when the ACK is sent ends it without contradicting the refusal", () => {
  plays({ reliable: false }, [
    [0, "start", "send INVITE"],
    [3, 486, "send ACK", "up 486"],
    [4, "transport error", "terminated"],
  ]);
});

test("the ACK is made of the INVITE and carries the To tag of the response (RFC 3261 §17.1.1.3)", () => {
  const out: TransactionOutput[] = [];
  const machine = new InviteClientTransaction(requestOf("INVITE").text, { reliable: false });
  machine.start(0, out);
  machine.receive(responseOf(486, "INVITE"), 10, out);
  const ack = out.find((output) => output.kind === "send" && output.text.startsWith("ACK "));
  assert.ok(ack?.kind === "send");
  assert.match(ack.text, /^ACK sip:bob@example\.org SIP\/2\.0\r\n/);
  assert.match(ack.text, /^Via: SIP\/2\.0\/UDP 192\.0\.2\.1:5060;branch=z9hG4bKa1\r$/m);
  assert.match(ack.text, /^To: <sip:bob@example\.org>;tag=t1\r$/m);
  assert.match(ack.text, /^CSeq: 1 ACK\r$/m);
});

test("names the timer that fires next", () => {
  const out: TransactionOutput[] = [];
  const machine = new InviteClientTransaction(requestOf("INVITE").text, { reliable: false });
  assert.equal(machine.runningTimer, undefined);
  machine.start(0, out);
  assert.equal(machine.runningTimer, "timerA");
  machine.advance(31_600, out);
  assert.equal(machine.runningTimer, "timerB");
  machine.receive(responseOf(180, "INVITE"), 31_700, out);
  assert.equal(machine.runningTimer, undefined);
  machine.receive(responseOf(200, "INVITE"), 31_800, out);
  assert.equal(machine.runningTimer, "timerM");
});
