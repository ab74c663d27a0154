import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf, wrapped } from "../base/text-wrap.ts";
import { fromMarkdown, rowLines } from "./text-layout.ts";

test("words are kept whole, and Chinese and Japanese break anywhere but before closing marks", () => {
  assert.deepEqual(wrapped("one two three", 8, 0, 2), ["one two", "  three"]);
  assert.deepEqual(wrapped("下一跳已收到请求。正在处理", 10), [
    "下一跳已收",
    "到请求。正",
    "在处理",
  ]);
  assert.deepEqual(wrapped("收到请求。好", 8), ["收到请", "求。好"]);
  assert.deepEqual(wrapped("返ります（RFC 3261）。", 10), ["返ります", "（RFC", "3261）。"]);
  assert.deepEqual(wrapped("It’s “so”. Yes", 6), ["It’s", "“so”.", "Yes"]);
});

test("a word longer than the line is cut behind a hyphen that fits, else anywhere", () => {
  assert.deepEqual(wrapped("an Accept-Resource-Priority", 18), [
    "an",
    "Accept-Resource-",
    "Priority",
  ]);
  assert.deepEqual(wrapped("a 0123456789ab", 8), ["a", "01234567", "89ab"]);
});

test("escape sequences take no columns", () => {
  const look = { width: 80, colour: true };
  assert.equal(columnsOf(fromMarkdown("**Caller.** see [480](code:480)", look)), 15);
  assert.equal(
    fromMarkdown("`Server` **x** [480](code:480)", { ...look, colour: false }),
    "Server x 480",
  );
});

test("cells are wrapped side by side", () => {
  assert.deepEqual(rowLines(["请求", "a b c"], [4, 3], 2), ["  请求  a b", "        c"]);
});
