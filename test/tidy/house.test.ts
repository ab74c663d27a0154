import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { rules } from "./rules/index.ts";
import { readTree } from "./tree.ts";

const tree = readTree(fileURLToPath(new URL("../..", import.meta.url)));

test("the tree that is looked at is ours", () => {
  assert.ok(tree.sources.some(({ path }) => path === "src/causes/causes.ts"));
});

for (const [claim, rule] of Object.entries(rules)) {
  test(claim, () => {
    const found = rule(tree).map(({ path, line, text }) => `${path}:${line} ${text}`);
    assert.equal(found.length, 0, `\n${found.join("\n")}\n`);
  });
}
