import assert from "node:assert/strict";
import { test } from "node:test";
import { specimens } from "./corpus.ts";
import { messageOf } from "./parser-target.ts";
import { replay, runParser, runServers } from "./run.ts";
import { vectors } from "./vectors.ts";

const SEED = 4_475;

for (const specimen of specimens()) {
  const [first = ""] = specimen.finding.split("\n");
  test(`${specimen.hash} breaks the ${specimen.target} no more: ${first}`, () => replay(specimen));
}

test("changed messages make no parser, edit or framer throw, hang or contradict itself", () => {
  const { found, taken, messages } = runParser({ first: SEED, messages: 5_000 });
  assert.deepEqual(found, []);
  assert.ok(taken > messages / 10, "enough get as far as the views of a message");
  assert.ok(taken < messages / 2, "enough are malformed");
});

test("changed messages leave no fault, transaction or deadline in a server", async () => {
  const { found, statusCodes } = await runServers({ first: SEED, messages: 3_000 });
  assert.deepEqual(found, []);
  for (const statusCode of [200, 400, 401, 404, 407, 408, 480, 481, 487]) {
    assert.ok(statusCodes.has(statusCode), `${statusCode} is met`);
  }
});

test("a seed stands for one message, and another for another", () => {
  const all = vectors();
  assert.equal(messageOf(7, all), messageOf(7, all));
  assert.equal(new Set([1, 2, 3, 4, 5].map((seed) => messageOf(seed, all))).size > 2, true);
});
