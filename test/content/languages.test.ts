import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { causeIds } from "../../scripts/content/cause-page.ts";
import { codeNumbers, pairNames, type Languages } from "../../scripts/content/compile-codes.ts";
import { guideIds } from "../../scripts/content/compile-guides.ts";
import { codeLanguages } from "../../src/codes/index.ts";
import { readCodePage, tableRows } from "./code-page.ts";
import { content, json, leftOf, termsHold, text } from "./translation.ts";

interface Shape {
  readonly registered: { readonly sections: readonly string[] };
  readonly unregistered: { readonly sections: readonly string[] };
  readonly headings: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly checkColumns: Readonly<Record<string, readonly string[]>>;
  readonly fixers: Readonly<Record<string, readonly string[]>>;
  readonly proportion: Readonly<
    Record<
      string,
      { readonly of: "words" | "characters"; readonly minimum: number; readonly maximum: number }
    >
  >;
}
type Words = Readonly<Record<string, Readonly<Record<string, string>>>>;

const listed = json("languages.json") as Languages;
const shape = json("schema/code-sections.json") as Shape;
const codes = codeNumbers(new URL("codes/", content));
const pairs = pairNames(content);
const others = listed.planned.filter((language) => language !== "en");

/** What a language needs to be in each list of `languages.json`. */
const needed = {
  codes: (language: string) => [
    `codes/words/${language}.json`,
    ...codes.map((code) => `codes/${code}/${language}.md`),
  ],
  comparisons: (language: string) => [`compare/${language}.json`],
  pairs: (language: string) => pairs.map((pair) => `pairs/${pair}/${language}.md`),
  guides: (language: string) => guideIds(content).map((id) => `guides/${id}/${language}.md`),
  glossary: (language: string) => [`glossary/${language}.json`],
  whoSentIt: (language: string) => [`who-sent-it/${language}.json`],
  explanations: (language: string) => [
    `explain/${language}.json`,
    `phrasing/${language}.json`,
    `cli/${language}.json`,
    ...causeIds(new URL("causes/", content)).map((id) => `causes/${id}/${language}.md`),
  ],
} as const;

test("the planned languages are those that programs can ask for", () => {
  assert.deepEqual(listed.planned, codeLanguages);
});

for (const part of Object.keys(needed) as (keyof typeof needed)[]) {
  test(`a language is in the list of ${part} when it is complete there, and only then`, () => {
    assert.ok(listed[part].includes("en"));
    for (const language of listed[part]) {
      const missing = needed[part](language).filter((path) => !isThere(path));
      assert.deepEqual(missing, [], `${language} is in the list of ${part} and lacks these`);
      assert.ok(listed.planned.includes(language), language);
    }
    for (const language of listed.planned) {
      if (listed[part].includes(language)) continue;
      assert.ok(
        needed[part](language).some((path) => !isThere(path)),
        `${language} is complete in ${part}: put it into content/languages.json`,
      );
    }
  });
}

test("comparisons come in languages that have the pages, and pairs in those that have comparisons", () => {
  for (const language of listed.comparisons) assert.ok(listed.codes.includes(language), language);
  for (const language of listed.pairs) assert.ok(listed.comparisons.includes(language), language);
});

for (const language of others) {
  const there = codes.filter((code) => isThere(`codes/${code}/${language}.md`));
  if (there.length > 0) {
    test(`${language}: headings, columns and readers are named for the pages`, () => {
      assert.deepEqual(
        Object.keys(shape.headings[language] ?? {}),
        Object.keys(shape.headings["en"] ?? {}),
      );
      assert.equal(shape.checkColumns[language]?.length, 3);
      assert.equal(shape.fixers[language]?.length, 3);
      assert.ok(shape.proportion[language]);
    });
    test(`${language}: each page has the sections of the English one, in order`, () => {
      for (const code of there) sectionsHold(code, language);
    });
    test(`${language}: each page has the English one's rows, questions and links`, () => {
      for (const code of there) partsHold(code, language);
    });
    test(`${language}: no sentence or cell is left in English`, () => {
      for (const code of there) nothingLeft(`codes/${code}/en.md`, `codes/${code}/${language}.md`);
    });
    test(`${language}: pages are as long as the English ones, in proportion`, () => {
      for (const code of there) lengthHolds(code, language);
    });
  }
  const files = [
    `codes/words/${language}.json`,
    `compare/${language}.json`,
    ...there.map((code) => `codes/${code}/${language}.md`),
    ...pairs.map((pair) => `pairs/${pair}/${language}.md`),
  ].filter(isThere);
  if (files.length > 0) {
    test(`${language}: one term for one thing: none that the list refuses`, () => {
      for (const file of files) {
        // The keys of a JSON file are English tokens; what people read are its values.
        const read = file.endsWith(".json") ? valuesOf(json(file) as Words) : text(file);
        termsHold(read, file, language);
      }
    });
  }
  for (const file of ["codes/words", "compare"]) {
    if (!isThere(`${file}/${language}.json`)) continue;
    test(`${language}: ${file} has the English keys and placeholders, and words of its own`, () => {
      wordsHold(`${file}/en.json`, `${file}/${language}.json`);
    });
  }
  const pairPages = pairs.filter((pair) => isThere(`pairs/${pair}/${language}.md`));
  if (pairPages.length > 0) {
    test(`${language}: the words of pairs have the English links and paragraphs, and no English`, () => {
      for (const pair of pairPages) {
        const [english, own] = [`pairs/${pair}/en.md`, `pairs/${pair}/${language}.md`];
        assert.deepEqual(linksOf(own), linksOf(english), own);
        assert.equal(text(own).trim().split("\n\n").length, text(english).trim().split("\n\n").length, own);
        nothingLeft(english, own);
      }
    });
  }
}

test("the tests of languages catch what they are for", () => {
  assert.throws(() => termsHold("Das ist die Gegenstelle.", "x", "de"), /Gegenstelle/);
  assert.doesNotThrow(() => termsHold("Das ist der Angerufene.", "x", "de"));
  assert.throws(() => termsHold("これは要求です", "x", "ja"), /要求/);
  assert.deepEqual(leftOf("One two three four five. Six.", "Eins. One two three four five."), [
    "One two three four five.",
  ]);
  assert.deepEqual(leftOf("# 404 Not Found\n\nSee it.", "# 404 Not Found\n\nSiehe."), []);
});

function sectionsHold(code: string, language: string): void {
  const own = readCodePage(text(`codes/${code}/${language}.md`));
  const english = readCodePage(text(`codes/${code}/en.md`));
  assert.equal(own.title, english.title, "reason phrases stay English");
  assert.ok(own.lead.length > 5, `${code}: a lead`);
  const headings = shape.headings[language] ?? {};
  const keys = english.headings.map((heading) => keyOf(heading));
  assert.deepEqual(
    own.headings,
    keys.map((key) => headings[key]),
    `codes/${code}/${language}.md`,
  );
  for (const heading of own.headings) {
    assert.ok((own.sections[heading] ?? "") !== "", `${code}: "${heading}" is empty`);
  }
}

function partsHold(code: string, language: string): void {
  const file = `codes/${code}/${language}.md`;
  const own = readCodePage(text(file));
  const english = readCodePage(text(`codes/${code}/en.md`));
  const section = (key: string): string => own.sections[shape.headings[language]?.[key] ?? ""] ?? "";
  const inEnglish = (key: string): string =>
    english.sections[shape.headings["en"]?.[key] ?? ""] ?? "";
  const [columns, ...rows] = tableRows(section("checks"));
  assert.deepEqual(columns, shape.checkColumns[language], file);
  assert.equal(rows.length, tableRows(inEnglish("checks")).length - 1, `${file}: rows of checks`);
  for (const row of rows) assert.ok(row.length === 3 && row.every(Boolean), `${file}: ${row.join()}`);
  if (inEnglish("fixes") !== "") {
    for (const fixer of shape.fixers[language] ?? []) {
      assert.match(section("fixes"), new RegExp(`\\*\\*${fixer} ?[.:。：]\\*\\*`), `${file}: ${fixer}`);
    }
    assert.equal(boldStarts(section("questions")), boldStarts(inEnglish("questions")), file);
  }
  assert.deepEqual(linksOf(file), linksOf(`codes/${code}/en.md`), file);
}

function nothingLeft(english: string, own: string): void {
  assert.deepEqual(leftOf(text(english), text(own)), [], own);
}

function lengthHolds(code: string, language: string): void {
  const { of, minimum, maximum } = shape.proportion[language] ?? assert.fail(language);
  const length = (page: string): number =>
    of === "words"
      ? readCodePage(text(page)).words
      : Array.from(text(page).replaceAll(/\]\([^)]*\)/g, "]")).length;
  const ratio = length(`codes/${code}/${language}.md`) / length(`codes/${code}/en.md`);
  assert.ok(
    ratio >= minimum && ratio <= maximum,
    `codes/${code}/${language}.md: ${ratio.toFixed(2)} of the English ${of}, not ${minimum} to ${maximum}`,
  );
}

function wordsHold(english: string, own: string): void {
  const [theirs, ours] = [json(english) as Words, json(own) as Words];
  assert.deepEqual(keysOf(ours), keysOf(theirs), own);
  for (const [group, sentences] of Object.entries(theirs)) {
    for (const [key, sentence] of Object.entries(sentences)) {
      const translated = ours[group]?.[key] ?? "";
      assert.notEqual(translated, "", `${own}: ${group}.${key}`);
      assert.deepEqual(placeholdersOf(translated), placeholdersOf(sentence), `${own}: ${group}.${key}`);
      if (sentence.split(" ").length >= 4) assert.notEqual(translated, sentence, `${own}: ${group}.${key}`);
    }
  }
}

function placeholdersOf(sentence: string): readonly string[] {
  return [...new Set(sentence.match(/\{\w+\}/g) ?? [])].toSorted();
}

function boldStarts(body: string): number {
  return body.match(/^\*\*/gm)?.length ?? 0;
}

function valuesOf(words: Words): string {
  return Object.values(words)
    .flatMap((sentences) => Object.values(sentences))
    .join("\n");
}

function keysOf(words: Words): readonly string[] {
  return Object.entries(words)
    .flatMap(([group, sentences]) => Object.keys(sentences).map((key) => `${group}.${key}`))
    .toSorted();
}

function keyOf(heading: string): string {
  const found = Object.entries(shape.headings["en"] ?? {}).find(([, words]) => words === heading);
  return found?.[0] ?? assert.fail(heading);
}

function linksOf(page: string): readonly string[] {
  return readCodePage(text(page)).links.toSorted();
}

function isThere(path: string): boolean {
  return existsSync(new URL(path, content));
}
