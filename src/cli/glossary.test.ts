import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf } from "../base/text-wrap.ts";
import { codeLanguages, glossary, whoSentIt } from "../codes/index.ts";
import { glossaryCommand, glossaryLines } from "./glossary.ts";
import { guideCommand } from "./guide.ts";
import { senderTreeLines } from "./sender-tree-page.ts";
import type { Terminal } from "./terminal.ts";

const look = { width: 80, colour: false };

async function runs(
  command: typeof glossaryCommand,
  words: readonly string[],
): Promise<{
  readonly out: readonly string[];
  readonly errors: readonly string[];
  readonly exitCode: number;
}> {
  const out: string[] = [];
  const errors: string[] = [];
  let exitCode = 0;
  const terminal: Terminal = {
    out: (line) => out.push(line),
    error: (line) => errors.push(line),
    progress: () => undefined,
    isInteractive: false,
    environment: {},
    exitCode: (code) => {
      exitCode = code;
    },
  };
  await command(terminal).exitOverride().parseAsync(words, { from: "user" });
  return { out, errors, exitCode };
}

test("a term is shown by its id or its words, with its clause and what is related", async () => {
  const { out, exitCode } = await runs(glossaryCommand, ["location", "service"]);
  assert.equal(exitCode, 0);
  assert.match(out[0] ?? "", /^location service +RFC 3261 §6/);
  assert.match(out.at(-1) ?? "", /^ {2}→ .*binding/);
  assert.doesNotMatch(out.join("\n"), /\]\(|\*\*/);
  assert.deepEqual((await runs(glossaryCommand, ["location-service"])).out, out);
});

test("words that no term has are looked for in the texts; what is nowhere ends with 1", async () => {
  const { out } = await runs(glossaryCommand, ["--json", "three", "phones"]);
  assert.deepEqual(
    out.map((line) => (JSON.parse(line) as { id: string }).id),
    ["binding"],
  );
  const nowhere = await runs(glossaryCommand, ["quatsch"]);
  assert.equal(nowhere.exitCode, 1);
  assert.match(nowhere.errors[0] ?? "", /No term fits "quatsch"/);
});

test("every term of every language fits 80 columns", async () => {
  for (const language of codeLanguages) {
    const all = await glossary(language);
    const lines = glossaryLines(all.entries, all, look);
    assert.equal(lines[0], all.title);
    for (const line of lines) assert.ok(columnsOf(line) <= 80, `${language}: ${line}`);
  }
});

test("nexthop guide who-sent-it is the decision tree: each answer leads to a number or a letter that is there", async () => {
  const { out, exitCode } = await runs(guideCommand, ["who-sent-it"]);
  assert.equal(exitCode, 0);
  const tree = await whoSentIt();
  assert.equal(out[0], tree.title);
  const marks = out.flatMap((line) => /^ {2}(\d+|[A-Z])\. /.exec(line)?.[1] ?? []);
  assert.equal(marks.length, tree.questions.length + tree.verdicts.length);
  const targets = out.flatMap((line) => /^ {5}→ (\S+)/.exec(line)?.[1] ?? []);
  assert.equal(targets.length, tree.questions.flatMap(({ answers }) => answers).length);
  for (const target of targets) assert.ok(marks.includes(target), target);
  // Nothing but the first question is there without an answer that leads to it.
  assert.deepEqual(
    marks.filter((mark) => !targets.includes(mark)),
    ["1"],
  );
});

test("the tree fits 80 columns in every language", async () => {
  for (const language of codeLanguages)
    for (const line of senderTreeLines(await whoSentIt(language), look))
      assert.ok(columnsOf(line) <= 80, `${language}: ${line}`);
});
