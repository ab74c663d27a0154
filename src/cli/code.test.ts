import assert from "node:assert/strict";
import { test } from "node:test";
import { widthOf } from "../base/text-width.ts";
import { codeCommand } from "./code.ts";
import { compareCommand } from "./compare.ts";
import type { Terminal } from "./terminal.ts";

interface Ran {
  readonly out: readonly string[];
  readonly errors: readonly string[];
  readonly exitCode: number;
}

async function runs(
  name: "code" | "compare",
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const out: string[] = [];
  const errors: string[] = [];
  let exitCode = 0;
  const terminal: Terminal = {
    out: (line) => out.push(line),
    error: (line) => errors.push(line),
    progress: () => undefined,
    isInteractive: false,
    environment,
    exitCode: (code) => {
      exitCode = code;
    },
  };
  const command = name === "code" ? codeCommand(terminal) : compareCommand(terminal);
  await command.exitOverride().parseAsync(words, { from: "user" });
  return { out, errors, exitCode };
}

test("a code's page names it, its clause and its sections, and fits 80 columns", async () => {
  const { out, exitCode } = await runs("code", ["404"]);
  assert.equal(exitCode, 0);
  const text = out.join("\n");
  assert.match(out[0] ?? "", /^404 Not Found +RFC 3261 §21\.4\.5$/);
  for (const part of ["What it means", "What to check", "How to fix it", "Example"]) {
    assert.ok(text.includes(`\n${part}\n`), part);
  }
  assert.doesNotMatch(text, /code:480|\*\*/);
  for (const line of out) assert.ok(widthOf(line) <= 80, line);
});

test("every page and its neighbours' comparison fit 80 columns", async () => {
  const { out } = await runs("code", ["--json"]);
  const numbers = out.map((line) => (JSON.parse(line) as { code: number }).code);
  assert.equal(numbers.length, 86);
  for (const [index, number] of numbers.entries()) {
    const page = await runs("code", [String(number)]);
    const next = await runs("compare", [String(number), String(numbers[index + 1] ?? 404)]);
    for (const line of [...page.out, ...next.out]) assert.ok(widthOf(line) <= 80, line);
  }
});

test("a page in Japanese fits 80 columns too: a wide letter takes two", async () => {
  for (const number of ["100", "404", "503"]) {
    const { out } = await runs("code", [number, "--lang", "ja"]);
    assert.ok(
      out.some((line) => /[\u3040-\u30ff]/.test(line)),
      "it is Japanese",
    );
    for (const line of out) assert.ok(widthOf(line) <= 80, line);
  }
});

test("an unknown code suggests what is near it, and ends with 1", async () => {
  const { errors, exitCode, out } = await runs("code", ["499"]);
  assert.equal(exitCode, 1);
  assert.deepEqual(out, []);
  assert.match(errors.join("\n"), /499 is not .*\nNear it: .*489 Bad Event/s);
});

test("words are searched: names first, then phrases of vendors and Q.850 causes", async () => {
  for (const [asked, first] of [
    ["not found", "404 Not Found"],
    ["busy everywhere", "600 Busy Everywhere"],
    ["cause 17", "486 Busy Here"],
    ["17", "486 Busy Here"],
    ["Q.850;cause=1", "404 Not Found"],
    ["where on earth did you get that nonce", "403 Forbidden"],
    ["Unfortunately error on sending", "477 Unfortunately"],
  ] as const) {
    const { out, exitCode } = await runs("code", asked.split(" "));
    assert.equal(exitCode, 0, asked);
    assert.ok(out[0]?.startsWith(first), `${asked}: ${out[0]}`);
  }
});

test("a class lists its codes; nothing that fits ends with 1", async () => {
  const sixes = await runs("code", ["6xx", "--json"]);
  assert.deepEqual(
    sixes.out.map((line) => (JSON.parse(line) as { code: number }).code),
    [600, 603, 604, 606, 607, 608, 687],
  );
  const nothing = await runs("code", ["zzyzx"]);
  assert.equal(nothing.exitCode, 1);
  assert.match(nothing.errors[0] ?? "", /Nothing fits "zzyzx"/);
});

test("a code as JSON has facts, text, words and example", async () => {
  const { out } = await runs("code", ["486", "--json"]);
  const code = JSON.parse(out.join("")) as Record<string, unknown>;
  assert.deepEqual(Object.keys(code), [
    "language",
    "code",
    "name",
    "facts",
    "text",
    "said",
    "example",
  ]);
});

test("compare gives the same whichever code is named first", async () => {
  const one = await runs("compare", ["100", "404"]);
  const other = await runs("compare", ["404", "100"]);
  assert.deepEqual(one, other);
  assert.match(one.out.join("\n"), /Never alternatives: steps of one call\./);
  assert.match(one.out.join("\n"), /│◀─+ 404 ─+│/);
});

test("compare refuses what it cannot compare, and says why", async () => {
  const unregistered = await runs("compare", ["404", "477"]);
  assert.equal(unregistered.exitCode, 1);
  assert.match(unregistered.errors.join("\n"), /477 is not registered/);
  assert.equal((await runs("compare", ["404", "404"])).exitCode, 1);
  assert.equal((await runs("compare", ["404", "busy"])).exitCode, 2);
});

test("the language is that of --lang, else of LC_ALL, LC_MESSAGES or LANG, else English", async () => {
  const english = await runs("code", ["404"], { LANG: "C.UTF-8" });
  assert.deepEqual(english.errors, []);
  const greek = await runs("code", ["404"], { LANG: "el_GR.UTF-8" });
  assert.deepEqual(greek, english, "a language that is not planned is no reason to complain");
  const overruled = await runs("code", ["404", "--lang", "en"], { LC_ALL: "ko_KR.UTF-8" });
  assert.deepEqual(overruled, english);
  await assert.rejects(async () => runs("code", ["404", "--lang", "el"]), /accepted: en, de/);
});

test("a search of words points to guides as well, and a symptom that is no code finds its guide", async () => {
  const { out } = await runs("code", ["one-way audio"]);
  assert.match(out.join("\n"), /^nexthop guide one-way-audio: One-way audio, or none$/m);
  const alone = await runs("code", ["drops after 32"]);
  assert.equal(alone.exitCode, 0);
  assert.match(alone.out.join("\n"), /^nexthop guide drops-after-32-seconds: /m);
  const byNumber = await runs("code", ["404"]);
  assert.doesNotMatch(byNumber.out.join("\n"), /^nexthop guide/m);
});
