import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { loadReference, type CodeLanguage, type Comparison } from "../../src/codes/index.ts";
import type { Languages } from "../../scripts/content/compile-codes.ts";
import { pairNames } from "../../scripts/content/compile-codes.ts";
import { readCodePage } from "./code-page.ts";

const content = new URL("../../content/", import.meta.url);
const languages = JSON.parse(
  readFileSync(new URL("languages.json", content), "utf8"),
) as Languages;
const inEnglish = await loadReference("en");
const registered = inEnglish.numbers.filter(
  (number) => inEnglish.code(number)?.facts.registered === true,
);
const pairs = registered.flatMap((a) =>
  registered.filter((b) => b > a).map((b) => [a, b] as const),
);

/** Pairs that people mix up, at the least. */
const WRITTEN = `404-480 401-407 401-403 404-410 404-604 408-480 408-504 480-486 486-600 487-603 488-606 500-503
  502-503 301-302 180-183 100-180 100-404 200-202 481-482 482-483 403-603 415-488 420-421 400-423 428-438`.split(
  /\s+/,
);

test("there are 2,775 pairs of the registered codes", () => {
  assert.equal(pairs.length, 2_775);
});

for (const language of languages.comparisons as readonly CodeLanguage[]) {
  const reference = await loadReference(language);
  const all = pairs.map(([a, b]) => {
    const comparison = reference.compare(a, b);
    assert.ok(comparison !== undefined, `${a} ${b}`);
    return comparison;
  });

  test(`${language}: every pair renders in it`, () => {
    assert.deepEqual(
      all.filter((each) => each.language !== language),
      [],
    );
  });

  test(`${language}: the order of the question changes nothing`, () => {
    for (const [index, [a, b]] of pairs.entries()) {
      assert.deepEqual(reference.compare(b, a), all[index]);
    }
  });

  test(`${language}: no two sides of a comparison read the same, and none is empty`, () => {
    for (const { codes, differences } of all) {
      for (const { topic, sides } of differences) {
        assert.notEqual(sides[0], sides[1], `${codes.join()} ${topic}`);
        assert.ok(sides[0] !== "" && sides[1] !== "", `${codes.join()} ${topic}`);
      }
    }
  });

  test(`${language}: no sentence stands twice on a page`, () => {
    for (const comparison of all) {
      const seen = new Set<string>();
      for (const sentence of sentencesOf(comparison)) {
        assert.ok(!seen.has(sentence), `${comparison.codes.join()}: ${sentence}`);
        seen.add(sentence);
      }
    }
  });

  test(`${language}: no placeholder is left, and each page speaks of both codes`, () => {
    for (const comparison of all) {
      const text = JSON.stringify({ ...comparison, headings: {} });
      assert.doesNotMatch(text, /\{\w+\}|undefined/);
      for (const code of comparison.codes) {
        assert.ok(comparison.sending.some((sentence) => sentence.includes(String(code))));
      }
    }
  });
}

test("a ladder shows both codes, and stands wherever the two are steps of one call", () => {
  for (const [a, b] of pairs) {
    const comparison = inEnglish.compare(a, b);
    const { ladder, relation } = comparison ?? {};
    if (relation === "alternativesThenSteps" || relation === "bothProvisional") assert.ok(ladder);
    if (relation === "apart") assert.equal(ladder, undefined);
    if (ladder === undefined) continue;
    for (const code of [a, b]) {
      assert.ok(
        ladder.steps.some(({ text }) => text.includes(String(code))),
        `${a} ${b}: ${code} is not in its ladder`,
      );
    }
    for (const { from, to } of ladder.steps) {
      assert.ok(from !== to && from < ladder.parties.length && to < ladder.parties.length);
    }
  }
});

test("what a comparison says is what the facts say", () => {
  for (const [a, b] of pairs) {
    const comparison = inEnglish.compare(a, b);
    const said = [inEnglish.code(a)?.said, inEnglish.code(b)?.said];
    const rows = new Map(comparison?.differences.map(({ topic, sides }) => [topic, sides]));
    for (const [side, facts] of said.entries()) {
      for (const [topic, value] of [
        ["class", facts?.class],
        ["finality", facts?.finality],
        ["travels", facts?.scope],
        ["fork", facts?.fork],
        ["tag", facts?.tag],
        ["dialog", facts?.dialog],
        ["says", facts?.senders?.join(", ")],
      ] as const) {
        const sides = rows.get(topic);
        if (sides !== undefined) assert.equal(sides[side], value, `${a} ${b} ${topic}`);
      }
    }
  }
});

test("pairs that people mix up have words of their own, 120 to 250 in English, with working links", () => {
  const there = pairNames(content);
  assert.deepEqual(
    WRITTEN.filter((pair) => !there.includes(pair)),
    [],
  );
  const seen = new Set<string>();
  for (const pair of there) {
    const [a = 0, b = 0] = pair.split("-").map(Number);
    assert.ok(registered.includes(a) && registered.includes(b) && a < b, pair);
    const path = new URL(`pairs/${pair}/en.md`, content);
    assert.ok(existsSync(path), pair);
    const markdown = readFileSync(path, "utf8");
    const { words, links, headings } = readCodePage(markdown);
    assert.ok(words >= 120 && words <= 250, `${pair}: ${words} words`);
    assert.deepEqual(headings, [], `${pair}: paragraphs only`);
    for (const link of links) {
      const [kind, target] = link.split(":");
      assert.equal(kind, "code", `${pair}: ${link}`);
      const number = Number(target);
      assert.ok(inEnglish.numbers.includes(number) && number !== a && number !== b, `${pair}: ${link}`);
    }
    for (const sentence of markdown.split(/(?<=[.?!])\s+/).filter((each) => each.length > 40)) {
      assert.ok(!seen.has(sentence), `${pair}: ${sentence}`);
      seen.add(sentence);
    }
  }
});

test("two candidates of a fork: what is passed on follows RFC 3261 §16.7 step 6", () => {
  for (const [a, b, part] of [
    [404, 486, "may pass on either"],
    [404, 604, "the caller gets 604"],
    [404, 500, "passes on 404"],
    [404, 484, "should prefer 484"],
    [500, 503, "passes on 500"],
    [200, 486, "the 200 goes to the caller at once"],
    [401, 407, "carries the challenges of both"],
  ] as const) {
    assert.ok(inEnglish.compare(a, b)?.fork?.includes(part), `${a} ${b}`);
  }
  assert.equal(inEnglish.compare(423, 404)?.fork?.includes("423"), true);
  assert.equal(inEnglish.compare(439, 404)?.fork, undefined);
});

test("what cannot answer one request is neither an alternative, nor in a fork, nor in a ladder together", () => {
  for (const [a, b] of pairs) {
    const { relation, fork, ladder, sending } = inEnglish.compare(a, b) ?? assert.fail();
    if (relation !== "apart") continue;
    assert.equal(fork, undefined);
    assert.equal(ladder, undefined);
    assert.match(sending[0] ?? "", /^The method of the request decides/);
  }
  for (const [a, b] of [
    [486, 423],
    [180, 439],
    [412, 488],
  ] as const) {
    assert.equal(inEnglish.compare(a, b)?.relation, "apart", `${a} ${b}`);
  }
});

test("which of two comes first in a call: the proxy's challenge before the callee's, a redirection before the end", () => {
  for (const [a, b, opening] of [
    [401, 407, "After 407 a client"],
    [302, 486, "After 302 a client"],
    [407, 404, "After 407 a client"],
    [491, 488, "After 491 a client waits"],
    [200, 503, "After 503 a client"],
  ] as const) {
    assert.ok(inEnglish.compare(a, b)?.opening[1]?.startsWith(opening), `${a} ${b}`);
  }
  assert.equal(inEnglish.compare(491, 404)?.relation, "alternatives");
});

test("a code is neither compared with itself nor with one that is not registered", () => {
  assert.equal(inEnglish.compare(404, 404), undefined);
  assert.equal(inEnglish.compare(404, 409), undefined);
});

/** Full sentences only: cells of the table are no sentences, and two may say "INVITE". */
function sentencesOf(comparison: Comparison): readonly string[] {
  const { opening, shared, fork, sending, differences, written } = comparison;
  return [
    ...opening,
    ...shared.map(({ text }) => text),
    ...(fork === undefined ? [] : [fork]),
    ...sending,
    ...differences.flatMap(({ sides }) => sides).filter((cell) => /[.。]$/.test(cell)),
    ...(written?.text ?? "").split(/(?<=[.?!。])\s*/u).filter(Boolean),
  ];
}
