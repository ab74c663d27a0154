import assert from "node:assert/strict";
import { test } from "node:test";
import { NonInviteServerTransaction } from "./non-invite-server.ts";
import type { TransactionOutput } from "./output.ts";
import { describe, responseOf } from "./play.ts";

/** A number: its user responds with that status code. */
type Step = readonly [
  atMs: number,
  input: "start" | "time" | "request" | "transport error" | number,
  ...outputs: string[],
];

function plays(options: { readonly reliable: boolean }, steps: readonly Step[]): void {
  const machine = new NonInviteServerTransaction(options);
  for (const [atMs, input, ...wanted] of steps) {
    const out: TransactionOutput[] = [];
    if (typeof input !== "number") machine.advance(atMs, out);
    if (input === "start") machine.start(atMs, out);
    if (input === "request") machine.receiveRetransmission(atMs, out);
    if (input === "transport error") machine.transportFailed(atMs, out);
    if (typeof input === "number") {
      machine.respond(input, responseOf(input, "OPTIONS").text, atMs, out);
    }
    assert.deepEqual(out.flatMap(describe), wanted, `at ${atMs} ms`);
    assert.ok(machine.deadlineMs > atMs, `still due at ${atMs} ms`);
  }
}

test("retransmissions before any response are discarded (RFC 3261 §17.2.2)", () => {
  plays({ reliable: false }, [
    [0, "start"],
    [500, "request"],
    [600, 200, "send 200"],
  ]);
});

test("the final response is repeated for 64*T1 to whoever asks again (RFC 3261 §17.2.2)", () => {
  plays({ reliable: false }, [
    [0, "start"],
    [10, 200, "send 200"],
    [500, "request", "send 200"],
    [600, 481, "dropped by RFC 3261 §17.2.2"],
    [1_500, "request", "send 200"],
    [32_009, "time"],
    [32_010, "time", "terminated"],
  ]);
});

test("over a reliable transport Timer J is zero (RFC 3261 §17.2.2)", () => {
  plays({ reliable: true }, [
    [0, "start"],
    [10, 200, "send 200", "terminated"],
    [20, "request"],
  ]);
});

test("100 is asked for after 3.5 s and not sent before over UDP (RFC 4320 §4.1)", () => {
  plays({ reliable: false }, [
    [0, "start"],
    [3_499, 100, "dropped by RFC 4320 §4.1"],
    [3_500, "time", "100 is due"],
    [3_500, 100, "send 100"],
    [7_500, "request", "send 100"],
    [8_000, 200, "send 200"],
  ]);
});

test("over a reliable transport 100 may come early, and is asked for at 3.5 s if not (RFC 4320 §4.1)", () => {
  plays({ reliable: true }, [
    [0, "start"],
    [10, 100, "send 100"],
    [3_500, "time"],
    [4_000, 200, "send 200", "terminated"],
  ]);
  plays({ reliable: true }, [
    [0, "start"],
    [3_500, "time", "100 is due"],
  ]);
});

test("no provisional response but 100 is sent (RFC 4320 §4.1)", () => {
  plays({ reliable: true }, [
    [0, "start"],
    [10, 180, "dropped by RFC 4320 §4.1"],
    [3_400, 183, "dropped by RFC 4320 §4.1"],
  ]);
});

test("408 is never sent: it ends in silence after 64*T1 (RFC 4320 §4.2)", () => {
  plays({ reliable: false }, [
    [0, "start"],
    [3_500, "time", "100 is due"],
    [31_000, 408, "dropped by RFC 4320 §4.2"],
    [31_999, "time"],
    [32_000, "time", "terminated"],
    [32_001, 200, "dropped by RFC 4320 §4.2"],
  ]);
});

test("a late response is dropped even when nobody woke the machine in time (RFC 4320 §4.2)", () => {
  plays({ reliable: false }, [
    [0, "start"],
    [32_000, 200, "terminated", "dropped by RFC 4320 §4.2"],
  ]);
  plays({ reliable: false }, [
    [0, "start"],
    [3_500, 100, "send 100"],
    [31_999, 200, "send 200"],
  ]);
});

test("a transport error leaves it where it is (RFC 6026 §8.8)", () => {
  plays({ reliable: false }, [
    [0, "start"],
    [1, "transport error"],
    [10, 200, "send 200"],
    [11, "transport error"],
    [500, "request", "send 200"],
  ]);
});
