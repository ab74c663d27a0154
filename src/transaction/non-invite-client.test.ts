import assert from "node:assert/strict";
import { test } from "node:test";
import { NonInviteClientTransaction } from "./non-invite-client.ts";
import type { TransactionOutput } from "./output.ts";
import { describe, requestOf, responseOf } from "./play.ts";

type Step = readonly [
  atMs: number,
  input: "start" | "time" | "transport error" | number,
  ...outputs: string[],
];

function plays(options: { readonly reliable: boolean }, steps: readonly Step[]): void {
  const machine = new NonInviteClientTransaction(requestOf("BYE").text, options);
  for (const [atMs, input, ...wanted] of steps) {
    const out: TransactionOutput[] = [];
    machine.advance(atMs, out);
    if (input === "start") machine.start(atMs, out);
    if (input === "transport error") machine.transportFailed(atMs, out);
    if (typeof input === "number") machine.receive(responseOf(input, "BYE"), atMs, out);
    assert.deepEqual(out.flatMap(describe), wanted, `at ${atMs} ms`);
    assert.ok(machine.deadlineMs > atMs, `still due at ${atMs} ms`);
  }
}

test("Timer E doubles to T2 and stays there until Timer F (RFC 3261 §17.1.2.2)", () => {
  plays({ reliable: false }, [
    [0, "start", "send BYE"],
    [500, "time", "send BYE"],
    [1_500, "time", "send BYE"],
    [3_500, "time", "send BYE"],
    [7_500, "time", "send BYE"],
    [11_499, "time"],
    [11_500, "time", "send BYE"],
    [15_500, "time", "send BYE"],
    [19_500, "time", "send BYE"],
    [23_500, "time", "send BYE"],
    [27_500, "time", "send BYE"],
    [31_500, "time", "send BYE"],
    [32_000, "time", "branch-timed-out", "terminated"],
    [32_001, 200],
  ]);
});

test("after a provisional response it goes on, every T2 (RFC 3261 §17.1.2.2)", () => {
  plays({ reliable: false }, [
    [0, "start", "send BYE"],
    [100, 100, "up 100"],
    [500, "time", "send BYE"],
    [4_499, "time"],
    [4_500, "time", "send BYE"],
    [8_500, "time", "send BYE"],
    [8_600, 100, "up 100"],
    [32_000, "time", "branch-timed-out", "terminated"],
  ]);
});

test("a final response passes up once; its copies are absorbed for T4 (RFC 3261 §17.1.2.2)", () => {
  plays({ reliable: false }, [
    [0, "start", "send BYE"],
    [10, 200, "up 200"],
    [20, 200],
    [30, 100],
    [5_009, 200],
    [5_010, "time", "terminated"],
  ]);
});

test("over a reliable transport Timer K is zero (RFC 3261 §17.1.2.2)", () => {
  plays({ reliable: true }, [
    [0, "start", "send BYE"],
    [9_000, 100, "up 100"],
    [9_010, 481, "up 481", "terminated"],
  ]);
});

test("a reliable transport sends once and gives up after 64*T1 (RFC 3261 §17.1.2.2)", () => {
  plays({ reliable: true }, [
    [0, "start", "send BYE"],
    [31_999, "time"],
    [32_000, "time", "branch-timed-out", "terminated"],
  ]);
});

test("a transport error ends it while it is waiting, and not after the answer (RFC 3261 §17.1.4)", () => {
  plays({ reliable: false }, [
    [0, "start", "send BYE"],
    [3, "transport error", "next-hop-unreachable", "terminated"],
  ]);
  plays({ reliable: false }, [
    [0, "start", "send BYE"],
    [3, 100, "up 100"],
    [4, "transport error", "next-hop-unreachable", "terminated"],
  ]);
  plays({ reliable: false }, [
    [0, "start", "send BYE"],
    [3, 200, "up 200"],
    [4, "transport error"],
  ]);
});
