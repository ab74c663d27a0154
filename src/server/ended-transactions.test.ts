import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Flow } from "../transport/index.ts";
import { Deadlines } from "./deadlines.ts";
import { EndedTransactions } from "./ended-transactions.ts";

const LINGER_MS = 32_000;
/** How much later they may be let go. */
const GRID_MS = 250;

function setUp() {
  const deadlines = new Deadlines();
  const ended = new EndedTransactions(deadlines, LINGER_MS, "0123456789abcdef");
  return { deadlines, ended };
}

function flowOf(remotePort: number): Flow {
  const local = { transport: "udp", address: "192.0.2.1", port: 5060 } as const;
  return { transport: "udp", isReliable: false, local, remoteAddress: "192.0.2.2", remotePort };
}

/** As the server does it: until nothing is due. */
function advance(deadlines: Deadlines, nowMs: number): void {
  while (deadlines.nextMs <= nowMs) deadlines.wakeDue(nowMs, 512);
}

test("a repeated request is answered until Timer J fires, and not from then on (RFC 3261 §17.2.2)", () => {
  const { deadlines, ended } = setUp();
  ended.add("k", "SIP/2.0 200 OK\r\n\u00fc", 1_000);
  assert.equal(ended.find("k", 1_000), "SIP/2.0 200 OK\r\n\u00fc");
  assert.equal(ended.find("k", 1_000 + LINGER_MS - 1), "SIP/2.0 200 OK\r\n\u00fc");
  assert.equal(ended.find("other", 1_000), undefined);
  assert.equal(ended.find("k", 1_000 + LINGER_MS), undefined);
  assert.equal(ended.size, 1);
  advance(deadlines, 1_000 + LINGER_MS + GRID_MS);
  assert.equal(ended.size, 0);
  assert.equal(deadlines.size, 0);
});

test("a 2xx that comes late finds its way back until Timer M fires, and another key does not (RFC 6026 §7.2)", () => {
  const { deadlines, ended } = setUp();
  const [one, other] = [flowOf(5060), flowOf(5062)];
  ended.addWayBack("a", one, 0);
  ended.addWayBack("b", other, 1);
  assert.equal(ended.wayBack("a", LINGER_MS - 1), one);
  assert.equal(ended.wayBack("b", LINGER_MS - 1), other);
  assert.equal(ended.wayBack("c", 1), undefined);
  assert.equal(ended.wayBack("a", LINGER_MS), undefined);
  advance(deadlines, LINGER_MS + 2 * GRID_MS);
  assert.equal(ended.size, 0);
  ended.addWayBack("a", other, 100_000);
  assert.equal(ended.wayBack("a", 100_000), other);
});

test("what nothing answers is found all the same: it is absorbed (RFC 6026 §7.1)", () => {
  const { ended } = setUp();
  ended.add("invite", "", 0);
  assert.equal(ended.find("invite", 1), "");
});

test("a hundred thousand are found, let go in slices, and their memory serves again", () => {
  const { deadlines, ended } = setUp();
  const text = "x".repeat(450);
  for (let round = 0; round < 2; round += 1) {
    const startMs = round * 100_000;
    for (let at = 0; at < 100_000; at += 1) {
      ended.add(`${round} ${at}`, text, startMs + (at < 50_000 ? 0 : 5_000));
    }
    assert.equal(ended.size, 100_000);
    for (let at = 0; at < 100_000; at += 997) {
      assert.equal(ended.find(`${round} ${at}`, startMs + 10_000), text);
    }
    // The first half is due.
    let turns = 0;
    while (deadlines.nextMs < startMs + LINGER_MS + 5_000) {
      deadlines.wakeDue(deadlines.nextMs, 1);
      turns += 1;
    }
    assert.equal(ended.size, 50_000);
    assert.ok(turns >= 50_000 / 4_096, "no turn lets all of them go");
    assert.equal(ended.find(`${round} 49999`, startMs + 10_000), undefined);
    assert.equal(ended.find(`${round} 50000`, startMs + 10_000), text);
    while (deadlines.nextMs < Infinity) deadlines.wakeDue(deadlines.nextMs, 1);
    assert.equal(ended.size, 0);
  }
});

test("it agrees with a map that forgets, whatever comes in whatever order", () => {
  const input = fc.oneof(
    fc.record({
      kind: fc.constant("add"),
      key: fc.integer({ min: 0, max: 40 }),
      size: fc.nat(9_000),
    }),
    fc.record({ kind: fc.constant("find"), key: fc.integer({ min: 0, max: 40 }), size: fc.nat(0) }),
    fc.record({ kind: fc.constant("wait"), key: fc.nat(20_000), size: fc.nat(0) }),
  );
  fc.assert(
    fc.property(fc.array(input, { maxLength: 400 }), (inputs) => {
      const { deadlines, ended } = setUp();
      const slow = new Map<string, { readonly text: string; readonly endsAtMs: number }>();
      let nowMs = 0;
      for (const { kind, key, size } of inputs) {
        if (kind === "wait") {
          nowMs += key;
          advance(deadlines, nowMs);
          for (const [name, { endsAtMs }] of slow) if (endsAtMs <= nowMs) slow.delete(name);
          assert.ok(ended.size >= slow.size);
        } else if (kind === "find" || slow.has(`k${key}`)) {
          assert.equal(ended.find(`k${key}`, nowMs), slow.get(`k${key}`)?.text);
        } else {
          const text = String.fromCharCode(65 + (key % 26)).repeat(size + 1);
          ended.add(`k${key}`, text, nowMs);
          slow.set(`k${key}`, { text, endsAtMs: nowMs + LINGER_MS });
        }
      }
      advance(deadlines, nowMs + LINGER_MS + 2 * GRID_MS);
      assert.equal(ended.size, 0);
    }),
    { numRuns: 60 },
  );
});
