import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { fromJSONSchema } from "zod";
import {
  guideIds,
  type GlossaryFacts,
  type GlossaryWords,
  type SenderTree,
  type SenderWords,
} from "../../scripts/content/compile-guides.ts";
import { readGuideText, type GuideSections } from "../../scripts/content/guide-page.ts";
import { widthOf } from "../../src/base/text-width.ts";
import { causes } from "../../src/causes/index.ts";
import { codeLanguages, type GuideFacts } from "../../src/codes/index.ts";
import { registeredStatusCodes } from "../../src/message/index.ts";
import { commandsIn, linksIn, proseOf, skeletonOf, wordsOf } from "./guide-structure.ts";
import { content, json, leftOf, termsHold, terms, text } from "./translation.ts";

interface Shape extends GuideSections {
  readonly words: { readonly minimum: number; readonly maximum: number };
}
interface Proportion {
  readonly of: "words" | "characters";
  readonly minimum: number;
  readonly maximum: number;
}

/** A drawing is indented by two in a terminal, and a page on paper needs a margin too. */
const MAX_COLUMNS = 76;

const shape = json("schema/guide-sections.json") as Shape;
const { proportion } = json("schema/code-sections.json") as {
  readonly proportion: Readonly<Record<string, Proportion>>;
};
const schema = fromJSONSchema(json("schema/guide.schema.json") as Parameters<typeof fromJSONSchema>[0]);
const ids = guideIds(content);
const glossaryFacts = json("glossary/facts.json") as GlossaryFacts &
  Readonly<Record<string, { readonly fixedTerm?: string }>>;
const tree = json("who-sent-it/tree.json") as SenderTree;
const codes = registeredStatusCodes();

test("facts of guides are as the schema says, and what they point at is there", () => {
  const all = ids.map((id) => json(`guides/${id}/facts.json`) as GuideFacts);
  for (const [index, facts] of all.entries()) {
    schema.parse(facts);
    for (const code of facts.codes) assert.ok(codes.includes(code), `${ids[index]}: ${code}`);
    for (const pair of facts.compare) assert.ok(isLink(`compare:${pair}`), `${ids[index]}: ${pair}`);
    for (const cause of facts.causes) assert.ok(Object.hasOwn(causes, cause), cause);
    for (const other of facts.guides) assert.ok(other !== ids[index] && ids.includes(other), other);
  }
  const orders = all.map(({ order }) => order).toSorted((one, other) => one - other);
  assert.deepEqual(orders, ids.map((_, index) => index + 1), "each guide has a place of its own");
});

for (const language of codeLanguages) {
  const there = ids.filter((id) => isThere(`guides/${id}/${language}.md`));
  if (there.length > 0) {
    test(`${language}: guides have their sections, links that resolve and drawings that fit`, () => {
      for (const id of there) guideHolds(`guides/${id}/${language}.md`, language);
    });
  }
  if (there.length > 0 && language !== "en") {
    test(`${language}: guides have the English ones' parts, links and commands, and no English`, () => {
      for (const id of there) guideAgrees(`guides/${id}`, language);
    });
  }
  for (const [file, agrees] of [
    [`glossary/${language}.json`, glossaryHolds],
    [`who-sent-it/${language}.json`, treeHolds],
  ] as const) {
    if (isThere(file)) {
      test(`${language}: ${file} has the words of each id, and links that resolve`, () => {
        agrees(file, language);
      });
    }
  }
}

test("English guides are 400 to 700 words long, and glossary entries 20 to 60", () => {
  for (const id of ids) {
    const words = wordsOf(text(`guides/${id}/en.md`));
    const { minimum, maximum } = shape.words;
    assert.ok(words >= minimum && words <= maximum, `guides/${id}/en.md: ${words} words`);
  }
  for (const [id, { text: entry }] of Object.entries((json("glossary/en.json") as GlossaryWords).entries)) {
    const words = wordsOf(entry);
    assert.ok(words >= 20 && words <= 60, `glossary ${id}: ${words} words`);
  }
});

test("every nexthop command that a guide names is there, with its flags", () => {
  const english = [...ids.map((id) => `guides/${id}/en.md`), "glossary/en.json", "who-sent-it/en.json"];
  const commands = new Set(english.flatMap((file) => commandsIn(text(file))));
  assert.ok(commands.size > 10);
  const helps = new Map<string, string>();
  for (const command of commands) commandHolds(command, helps);
  assert.throws(() => commandHolds("nexthop wy --last", helps), /nexthop wy/);
  assert.throws(() => commandHolds("nexthop why --lst", helps), /--lst/);
});

test("each question and verdict of the tree is reached from its start, and none twice on one way", () => {
  const reached = new Set<string>();
  const walk = (id: string, way: readonly string[]): void => {
    assert.ok(!way.includes(id), `in a circle: ${[...way, id].join(" → ")}`);
    reached.add(id);
    for (const target of Object.values(tree.questions[id] ?? {})) walk(target, [...way, id]);
  };
  walk(tree.start, []);
  assert.deepEqual(
    [...reached].toSorted(),
    [...Object.keys(tree.questions), ...tree.verdicts].toSorted(),
  );
});

test("what is related to a term is a term, and fixed terms are on the list", () => {
  for (const [id, { related, fixedTerm }] of Object.entries(glossaryFacts)) {
    for (const other of related) assert.ok(other !== id && Object.hasOwn(glossaryFacts, other), other);
    if (fixedTerm !== undefined) assert.ok(Object.hasOwn(terms, fixedTerm), fixedTerm);
  }
});

test("a guide that lacks a fix, an evidence or a section is refused", () => {
  const page = text("guides/stuck-on-100/en.md");
  const refuses = (changed: string, why: RegExp): void => {
    assert.notEqual(changed, page);
    assert.throws(() => readGuideText(changed, "x", shape), why);
  };
  refuses(page.replace(/^> .*$/m, "None."), /and then `> evidence`/);
  refuses(page.replace("**The phone is asleep.**", "**The phone sleeps.**"), /is headed/);
  refuses(page.replace(/^## What it is not$/m, ""), /sections/);
  refuses(page.replace("```text", "```mermaid"), /neither text nor sh/);
});

function guideHolds(file: string, language: string): void {
  const guide = readGuideText(text(file), file, shape);
  assert.deepEqual(guide.headings, shape.headings[language], file);
  for (const link of linksIn(text(file))) assert.ok(isLink(link), `${file}: ${link}`);
  for (const block of [...guide.see, ...guide.find]) {
    if (block.kind === "text") continue;
    for (const line of block.lines) assert.ok(widthOf(line) <= MAX_COLUMNS, `${file}: ${line}`);
  }
  // Paragraphs are one line each: a line break would be a space, which Chinese and Japanese have not.
  const isBroken = /^[^\n#>`│║═◀▶ -][^\n]*\n[^\n#>`]/m;
  assert.doesNotMatch(text(file).replaceAll(/^```[^]*?^```$/gm, ""), isBroken, file);
}

function guideAgrees(folder: string, language: string): void {
  const [own, english] = [`${folder}/${language}.md`, `${folder}/en.md`];
  const [ours, theirs] = [own, english].map((file) => readGuideText(text(file), file, shape));
  assert.ok(ours !== undefined && theirs !== undefined);
  assert.deepEqual(skeletonOf(ours), skeletonOf(theirs), own);
  assert.deepEqual(linksIn(text(own)).toSorted(), linksIn(text(english)).toSorted(), own);
  assert.deepEqual(leftOf(proseOf(text(english)), proseOf(text(own))), [], own);
  // A title that is a code and its reason phrase stays as it is.
  if (!/^\d{3} [A-Z]/.test(theirs.title)) assert.notEqual(ours.title, theirs.title, own);
  termsHold(proseOf(text(own)), own, language);
  const { of, minimum, maximum } = proportion[language] ?? assert.fail(language);
  const length = (file: string): number =>
    of === "words" ? wordsOf(text(file)) : Array.from(proseOf(text(file))).length;
  const ratio = length(own) / length(english);
  assert.ok(ratio >= minimum && ratio <= maximum, `${own}: ${ratio.toFixed(2)} of the English ${of}`);
}

function glossaryHolds(file: string, language: string): void {
  const own = json(file) as GlossaryWords;
  const english = json("glossary/en.json") as GlossaryWords;
  assert.deepEqual(Object.keys(own.entries).toSorted(), Object.keys(glossaryFacts).toSorted(), file);
  for (const [id, { term, text: entry }] of Object.entries(own.entries)) {
    const name = `${file}: ${id}`;
    assert.ok(term !== "" && entry !== "", name);
    for (const link of linksIn(entry)) assert.ok(isLink(link), `${name}: ${link}`);
    const fixed = glossaryFacts[id]?.fixedTerm;
    const use = fixed === undefined || language === "en" ? undefined : terms[fixed]?.[language]?.use;
    if (use !== undefined) assert.ok(term.toLowerCase().includes(use.toLowerCase()), `${name}: ${use}`);
    if (language !== "en") agreesWith(english.entries[id]?.text ?? "", entry, name, language);
  }
  if (language !== "en") agreesWith(english.lead, own.lead, `${file}: lead`, language);
}

function treeHolds(file: string, language: string): void {
  const own = json(file) as SenderWords;
  const english = json("who-sent-it/en.json") as SenderWords;
  const asked = Object.fromEntries(
    Object.entries(own.questions).map(([id, { answers }]) => [id, answers]),
  );
  assert.deepEqual(answersOf(sorted(asked)), answersOf(sorted(tree.questions)), file);
  assert.deepEqual(Object.keys(own.verdicts).toSorted(), tree.verdicts.toSorted(), file);
  const [ours, theirs] = [stringsOf(own), stringsOf(english)];
  assert.deepEqual([...ours.keys()].toSorted(), [...theirs.keys()].toSorted(), file);
  for (const [key, words] of ours) {
    assert.notEqual(words, "", `${file}: ${key}`);
    for (const link of linksIn(words)) assert.ok(isLink(link), `${file}: ${key}: ${link}`);
    if (language !== "en") agreesWith(theirs.get(key) ?? "", words, `${file}: ${key}`, language);
  }
}

/** A translated text has the English one's links, is not English, and uses the terms. */
function agreesWith(english: string, own: string, name: string, language: string): void {
  assert.deepEqual(linksIn(own).toSorted(), linksIn(english).toSorted(), name);
  assert.deepEqual(leftOf(english, own), [], name);
  termsHold(own, name, language);
}

function commandHolds(command: string, helps: Map<string, string>): void {
  const [, name = "", below = "", ...rest] = command.split(/\s+/);
  const known = helps.get(name);
  const help =
    known ??
    spawnSync(process.execPath, ["bin/nexthop.js", name, "--help"], {
      cwd: new URL("../../", import.meta.url),
      encoding: "utf8",
    }).stdout;
  helps.set(name, help);
  assert.ok(help.startsWith(`Usage: nexthop ${name} `), `${command}: nexthop ${name} is not there`);
  const group = /^Commands:\n([^]*)/m.exec(help)?.[1];
  if (group !== undefined) assert.match(group, new RegExp(`^ {2}${below} `, "m"), command);
  for (const flag of [below, ...rest].filter((word) => word.startsWith("--"))) {
    assert.match(help, new RegExp(`${flag}[ ,]`), `${command}: ${flag} is not there`);
  }
}

function isLink(link: string): boolean {
  const [kind = "", target = ""] = link.split(":");
  switch (kind) {
    case "code":
      return isThere(`codes/${target}/facts.json`);
    case "cause":
      return Object.hasOwn(causes, target);
    case "guide":
      return ids.includes(target);
    case "term":
      return Object.hasOwn(glossaryFacts, target);
    case "compare": {
      const [lower = 0, higher = 0] = target.split("-").map(Number);
      return lower < higher && codes.includes(lower) && codes.includes(higher);
    }
    default:
      return false;
  }
}

function answersOf(questions: Readonly<Record<string, object>>): unknown {
  return Object.entries(questions).map(([id, answers]) => [id, Object.keys(answers).toSorted()]);
}

/** All strings of a JSON value, by their path. */
function stringsOf(value: unknown, path = ""): Map<string, string> {
  if (typeof value === "string") return new Map([[path, value]]);
  return new Map(
    Object.entries(value as object).flatMap(([key, below]) => [...stringsOf(below, `${path}/${key}`)]),
  );
}

function sorted<T>(value: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(value).toSorted(([one], [other]) => one.localeCompare(other)),
  );
}

function isThere(path: string): boolean {
  return existsSync(new URL(path, content));
}
