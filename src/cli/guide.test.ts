import assert from "node:assert/strict";
import { test } from "node:test";
import { widthOf } from "../base/text-width.ts";
import { codeLanguages, guides } from "../codes/index.ts";
import { guideCommand } from "./guide.ts";
import { guideLines } from "./guide-page.ts";
import type { Terminal } from "./terminal.ts";

async function runs(words: readonly string[]): Promise<{
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
  await guideCommand(terminal).exitOverride().parseAsync(words, { from: "user" });
  return { out, errors, exitCode };
}

test("without an argument the guides are listed, with the ids to ask for", async () => {
  const { out, exitCode } = await runs([]);
  assert.equal(exitCode, 0);
  for (const { id, title } of await guides()) {
    assert.ok(out.includes(id), id);
    assert.ok(out.includes(`  ${title}`), title);
  }
});

test("a guide is shown by its id: symptom, causes with evidence, commands, fixes", async () => {
  const { out, exitCode } = await runs(["stuck-on-100"]);
  assert.equal(exitCode, 0);
  assert.equal(out[0], "Stuck on 100 Trying");
  const text = out.join("\n");
  assert.match(text, /\n {4}│── INVITE ─+▶│/);
  assert.match(text, /\n {2}1\. The next hop is dead or filtered\n/);
  assert.match(text, /\n {5}┆ Behind the proxy/);
  assert.match(text, /\n {4}nexthop why --pending\n/);
  assert.doesNotMatch(text, /\]\(|\*\*/);
});

test("every guide fits 80 columns in every language", async () => {
  for (const language of codeLanguages)
    for (const guide of await guides(language))
      for (const line of guideLines(guide, { width: 80, colour: false }))
        assert.ok(widthOf(line) <= 80, `${guide.id} ${language}: ${line}`);
});

test("what no guide is about ends with 1, and says how to list them", async () => {
  const { out, errors, exitCode } = await runs(["quatsch"]);
  assert.deepEqual(out, []);
  assert.match(errors[0] ?? "", /No guide fits "quatsch"/);
  assert.equal(exitCode, 1);
});

test("with --json each guide is one object a line", async () => {
  const { out } = await runs(["--json"]);
  assert.deepEqual(
    out.map((line) => (JSON.parse(line) as { id: string }).id),
    (await guides()).map(({ id }) => id),
  );
});
