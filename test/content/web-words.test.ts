import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { codeLanguages } from "../../src/codes/index.ts";

type Words = Readonly<Record<string, string>>;
type Terms = Readonly<Record<string, Readonly<Record<string, { readonly refused?: readonly string[] }>>>>;

const content = new URL("../../content/", import.meta.url);
const english = json("web/en.json") as Words;
const terms = json("schema/terms.json") as Terms;

/** Words that are the same in some languages, and names. */
const SAME = new Set(["Codes", "Code", "Guides", "Causes", "Software", "software", "Start"]);

for (const language of codeLanguages) {
  const words = json(`web/${language}.json`) as Words;

  test(`${language}: the pages have every label, with the placeholders of the English one`, () => {
    assert.deepEqual(Object.keys(words), Object.keys(english));
    for (const [key, text] of Object.entries(words)) {
      assert.notEqual(text.trim(), "", key);
      assert.deepEqual(placeholders(text), placeholders(english[key] ?? ""), key);
    }
  });

  if (language !== "en") {
    test(`${language}: no label is left in English, and none uses a refused term`, () => {
      for (const [key, text] of Object.entries(words)) {
        if (!SAME.has(text)) assert.notEqual(text, english[key], key);
        for (const byLanguage of Object.values(terms)) {
          for (const refused of byLanguage[language]?.refused ?? []) {
            const isLatin = /^[\p{Script=Latin}\p{Script=Cyrillic}]/u.test(refused);
            const pattern = isLatin ? `(?<!\\p{L})${refused}(?!\\p{L})` : refused;
            assert.doesNotMatch(text, new RegExp(pattern, "iu"), `${key}: ${refused}`);
          }
        }
      }
    });
  }
}

function placeholders(text: string): readonly string[] {
  return (text.match(/\{\w+\}/g) ?? []).toSorted();
}

function json(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, content), "utf8"));
}
