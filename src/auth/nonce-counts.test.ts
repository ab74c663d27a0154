import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { NONCE_COUNT_WINDOW, NonceCounts } from "./nonce-counts.ts";

const LIFETIME_MS = 300_000;
const table = (trackedMax = 100): NonceCounts => new NonceCounts(trackedMax, LIFETIME_MS);

test("each count is good once, in any order within the window (RFC 7616 §3.4.6)", () => {
  const counts = table();
  const uses = [1, 2, 2, 1, 5, 3, 4, 4, 66, 2, 3].map((count) => counts.use("n", 0, count, 10));
  assert.deepEqual(uses, [
    "fresh",
    "fresh",
    "seen",
    "seen",
    "fresh",
    "fresh",
    "fresh",
    "seen",
    "fresh",
    "seen",
    "seen",
  ]);
});

test("the 64th last count is still told apart, the 65th last is refused unseen", () => {
  const counts = table();
  assert.equal(counts.use("n", 0, 100, 10), "fresh");
  assert.equal(counts.use("n", 0, 100 - (NONCE_COUNT_WINDOW - 1), 10), "fresh");
  assert.equal(counts.use("n", 0, 100 - NONCE_COUNT_WINDOW, 10), "seen");
});

test("two nonces do not share their counts", () => {
  const counts = table();
  assert.equal(counts.use("a", 0, 1, 10), "fresh");
  assert.equal(counts.use("b", 0, 1, 10), "fresh");
});

test("for any order of counts the window agrees with a list of all that were used", () => {
  const count = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.constantFrom(0xffffffff, 0xffffffc0));
  fc.assert(
    fc.property(fc.array(count, { maxLength: 200 }), (sequence) => {
      const counts = table();
      const used = new Set<number>();
      let highest = -1;
      for (const next of sequence) {
        const isFresh = !used.has(next) && (highest < 0 || next > highest - NONCE_COUNT_WINDOW);
        assert.equal(counts.use("n", 0, next, 10), isFresh ? "fresh" : "seen");
        used.add(next);
        highest = Math.max(highest, next);
      }
    }),
  );
});

test("a nonce that had to make room is stale, not new: forgetting lets no replay in", () => {
  const counts = table(2);
  assert.equal(counts.use("a", 100, 1, 1_000), "fresh");
  assert.equal(counts.use("b", 200, 1, 1_000), "fresh");
  assert.equal(counts.use("c", 300, 1, 1_000), "fresh");
  assert.equal(counts.size, 2);
  assert.equal(counts.use("a", 100, 1, 1_000), "forgotten");
  assert.equal(counts.use("a", 100, 2, 1_000), "forgotten");
  assert.equal(counts.use("b", 200, 2, 1_000), "fresh", "b is still there");
  assert.equal(counts.use("never seen", 100, 1, 1_000), "forgotten", "minted before the border");
  assert.equal(counts.use("d", 301, 1, 1_000), "fresh", "minted after it");
});

test("what has expired leaves without a trace, two for each newcomer", () => {
  const counts = table(100);
  for (let n = 0; n < 10; n += 1) counts.use(`old ${n}`, n, 1, 1_000);
  assert.equal(counts.size, 10);
  const nowMs = LIFETIME_MS + 20;
  for (let n = 0; n < 10; n += 1) counts.use(`new ${n}`, nowMs, 1, nowMs);
  assert.equal(counts.size, 10);
  assert.equal(counts.use("late", 5, 1, nowMs), "fresh", "no border was moved: age decides");
});
