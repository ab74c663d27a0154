import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf, detached } from "./bytes.ts";

test("bytes stand at their offsets in the text, and behind them zeros", () => {
  bytesOf("x".repeat(40), 0, 40);
  const bytes = bytesOf("0123456789\xff abc", 4, 11);
  assert.deepEqual([...bytes.subarray(4, 14)], [52, 53, 54, 55, 56, 57, 255, 0, 0, 0]);
});

test("a text longer than any message has room too", () => {
  const text = "y".repeat(200_000);
  assert.equal(bytesOf(text, 0, text.length)[199_999], 121);
});

test("a detached text is the same text", () => {
  const text = "a\xff\0".repeat(20);
  assert.equal(detached(text.slice(1)), text.slice(1));
  assert.equal(detached(""), "");
});
