import assert from "node:assert/strict";
import { test } from "node:test";
import { findGuides, glossary, guide, guides, whoSentIt } from "./index.ts";

test("a guide is found by its id, and says what language it is in", async () => {
  const found = await guide("stuck-on-100");
  assert.equal(found?.title, "Stuck on 100 Trying");
  assert.equal(found.language, "en");
  assert.equal(await guide("stuck-on-101"), undefined);
});

test("each cause of a guide has its evidence and its fix, and drawings keep their lines", async () => {
  for (const { id, causes, see, find } of await guides()) {
    assert.ok(causes.length >= 3, id);
    for (const { name, evidence, fix } of causes) assert.ok(evidence !== "" && fix !== "", name);
    const ladder = see.find((block) => block.kind === "ladder");
    assert.ok(ladder !== undefined && ladder.lines.some((line) => line.includes("│")), id);
    assert.ok(
      find.some((block) => block.kind === "commands"),
      id,
    );
  }
});

test("guides are searched by id, title and words; the title counts most", async () => {
  assert.deepEqual(
    (await findGuides("404-though-registered")).map(({ id }) => id),
    ["404-though-registered"],
  );
  assert.equal((await findGuides("stuck"))[0]?.id, "stuck-on-100");
  assert.deepEqual(await findGuides("stuck on a mountain of xylophones"), []);
  assert.deepEqual(await findGuides(" "), []);
});

test("every answer of the decision tree leads to a question or a verdict that is there", async () => {
  const { start, questions, verdicts } = await whoSentIt();
  assert.ok(questions.some(({ id }) => id === start));
  const ids = { question: questions.map(({ id }) => id), verdict: verdicts.map(({ id }) => id) };
  for (const { id, answers } of questions)
    for (const { text, next } of answers)
      assert.ok(text !== "" && ids[next.kind].includes(next.id), `${id}: ${next.id}`);
});

test("the glossary has each term once, and what is related is there", async () => {
  const { entries } = await glossary();
  const ids = entries.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const { id, related } of entries)
    for (const other of related) assert.ok(other !== id && ids.includes(other), `${id}: ${other}`);
});
