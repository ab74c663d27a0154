import assert from "node:assert/strict";
import { test } from "node:test";
import { InviteServerTransaction } from "./invite-server.ts";
import type { TransactionOutput } from "./output.ts";
import { describe, responseOf } from "./play.ts";

/** A number: its user responds with that status code. */
type Step = readonly [
  atMs: number,
  input: "start" | "time" | "INVITE" | "ACK" | "transport error" | number,
  ...outputs: string[],
];

function plays(options: { readonly reliable: boolean }, steps: readonly Step[]): void {
  const machine = new InviteServerTransaction(options);
  for (const [atMs, input, ...wanted] of steps) {
    const out: TransactionOutput[] = [];
    machine.advance(atMs, out);
    if (input === "start") machine.start(atMs, out);
    if (input === "INVITE") machine.receiveRetransmission(atMs, out);
    if (input === "ACK") machine.receiveAck(atMs, out);
    if (input === "transport error") machine.transportFailed(atMs, out);
    if (typeof input === "number") {
      machine.respond(input, responseOf(input, "INVITE").text, atMs, out);
    }
    assert.deepEqual(out.flatMap(describe), wanted, `at ${atMs} ms`);
    assert.ok(machine.deadlineMs > atMs, `still due at ${atMs} ms`);
  }
}

test("a retransmitted INVITE gets the latest provisional response again (RFC 3261 §17.2.1)", () => {
  plays({ reliable: false }, [
    [0, "start"],
    [1, "INVITE"],
    [2, 100, "send 100"],
    [500, "INVITE", "send 100"],
    [600, 180, "send 180"],
    [1_500, "INVITE", "send 180"],
    [200_000, "time"],
  ]);
});

test("after a 2xx retransmitted INVITEs are absorbed for 64*T1 (RFC 6026 §7.1, RFC 6026 §8.6, §8.5, §8.7, RFC 6026 §6)", () => {
  plays({ reliable: false }, [
    [0, "start"],
    [1, 100, "send 100"],
    [10, 200, "send 200"],
    [500, "INVITE"],
    [32_009, "INVITE"],
    [32_010, "time", "terminated"],
  ]);
});

test("further 2xx go out through Accepted; anything else is dropped (RFC 6026 §7.1)", () => {
  plays({ reliable: true }, [
    [0, "start"],
    [10, 200, "send 200"],
    [510, 200, "send 200"],
    [520, 486, "dropped by RFC 6026 §7.1"],
    [530, 180, "dropped by RFC 6026 §7.1"],
    [32_010, 200, "terminated", "dropped by RFC 6026 §8.3"],
  ]);
});

test("an ACK that matches an accepted INVITE is its user's (RFC 6026 §7.1, RFC 6026 §6)", () => {
  plays({ reliable: false }, [
    [0, "start"],
    [5, "ACK"],
    [10, 200, "send 200"],
    [20, "ACK", "up ACK"],
    [30, "ACK", "up ACK"],
  ]);
});

test("a refusal is repeated on Timer G, doubling to T2, until its ACK comes (RFC 3261 §17.2.1)", () => {
  plays({ reliable: false }, [
    [0, "start"],
    [1, 100, "send 100"],
    [10, 486, "send 486"],
    [510, "time", "send 486"],
    [1_510, "time", "send 486"],
    [1_600, "INVITE", "send 486"],
    [3_510, "time", "send 486"],
    [7_510, "time", "send 486"],
    [11_510, "time", "send 486"],
    [11_600, "ACK"],
    [11_700, "ACK"],
    [11_800, "INVITE"],
    [16_599, "time"],
    [16_600, "time", "terminated"],
  ]);
});

test("without an ACK it ends with Timer H (RFC 3261 §17.2.1)", () => {
  plays({ reliable: false }, [
    [0, "start"],
    [0, 404, "send 404"],
    [31_500, "time", "send 404"],
    [32_000, "time", "terminated"],
  ]);
});

test("over a reliable transport a refusal is sent once, and its ACK ends it (RFC 3261 §17.2.1)", () => {
  plays({ reliable: true }, [
    [0, "start"],
    [0, 404, "send 404"],
    [10_000, "time"],
    [10_000, "ACK", "terminated"],
  ]);
  plays({ reliable: true }, [
    [0, "start"],
    [0, 404, "send 404"],
    [32_000, "time", "terminated"],
  ]);
});

test("a second answer after a refusal is dropped (RFC 3261 §17.2.1)", () => {
  plays({ reliable: false }, [
    [0, "start"],
    [10, 486, "send 486"],
    [20, 200, "dropped by RFC 3261 §17.2.1"],
    [30, 180, "dropped by RFC 3261 §17.2.1"],
    [40, "INVITE", "send 486"],
  ]);
});

test("a transport error leaves it where it is, to absorb what comes (RFC 6026 §8.8, RFC 3261 §17.2.4)", () => {
  plays({ reliable: false }, [
    [0, "start"],
    [1, 100, "send 100"],
    [2, "transport error"],
    [10, 486, "send 486"],
    [11, "transport error"],
    [510, "time", "send 486"],
  ]);
});
