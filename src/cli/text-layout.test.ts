import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf } from "../base/text-wrap.ts";
import { fromMarkdown, rowLines } from "./text-layout.ts";

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

test("stressed words lose their stars; a star in code or between spaces is one", () => {
  const plain = { width: 80, colour: false };
  assert.equal(
    fromMarkdown("*they* said `Contact: *`, 2 * 3", plain),
    "they said Contact: *, 2 * 3",
  );
  assert.equal(fromMarkdown("**of *both* [480](code:480)**", plain), "of both 480");
  assert.equal(fromMarkdown("*so*", { ...plain, colour: true }), "\u001b[3mso\u001b[0m");
});
