import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { z } from "zod";
import { causes } from "../../src/causes/index.ts";
import {
  isMalformed,
  parseMessage,
  reasonPhraseOf,
  registeredStatusCodes,
} from "../../src/message/index.ts";
import { readCodePage, tableRows } from "./code-page.ts";

const content = new URL("../../content/", import.meta.url);

/** Only what these tests look at; the schema holds the rest. */
interface Facts {
  readonly code: number;
  readonly name: string;
  readonly registered: boolean;
  readonly deprecated?: boolean;
  readonly class: string;
  readonly final: boolean;
  readonly spec?: { readonly rfc: string; readonly section: string };
  readonly methods?: readonly string[];
  readonly headers?: { readonly required: readonly string[]; readonly requiredOneOf?: readonly string[] };
  readonly toTag?: string;
  readonly related?: readonly number[];
  readonly confusedWith?: readonly number[];
  readonly useInstead?: readonly number[];
  readonly causes?: readonly string[];
  readonly vendorPhrases?: readonly { readonly id: string; readonly pattern: string }[];
  readonly unchecked: readonly string[];
}

interface Sections {
  readonly registered: PageShape;
  readonly unregistered: PageShape;
  readonly headings: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly checkColumns: Readonly<Record<string, readonly string[]>>;
  readonly fixers: Readonly<Record<string, readonly string[]>>;
}
interface Registry {
  readonly responseCodes: readonly {
    readonly code: number;
    readonly name: string;
    readonly reference: string;
    readonly deprecated?: boolean;
  }[];
}
type Words = Readonly<Record<string, Readonly<Record<string, string>>>>;
interface PageShape {
  readonly sections: readonly string[];
  readonly words: { readonly minimum: number; readonly maximum: number };
}

const registry = (json("registry/response-codes.json") as Registry).responseCodes;
const shape = json("schema/code-sections.json") as Sections;
const schema = z.fromJSONSchema(json("schema/code.schema.json") as Parameters<typeof z.fromJSONSchema>[0]);
const words = json("codes/words/en.json") as Words;

const folders = readdirSync(new URL("codes/", content))
  .filter((name) => /^\d{3}$/.test(name))
  .map(Number);
const allFacts = new Map(folders.map((code) => [code, json(`codes/${code}/facts.json`) as Facts]));

test("facts of exactly the registered codes are there, with the registry's names and documents", () => {
  const ours = [...allFacts.values()].filter((facts) => facts.registered);
  assert.deepEqual(
    ours.map(({ code, name, spec, deprecated }) => [code, name, spec?.rfc, deprecated ?? false]),
    registry.map(({ code, name, reference, deprecated }) => [
      code,
      name,
      reference,
      deprecated ?? false,
    ]),
  );
});

test("the parser's reason phrases are the registry's", () => {
  assert.deepEqual(
    registeredStatusCodes().map((code) => [code, reasonPhraseOf(code)]),
    registry.map(({ code, name }) => [code, name]),
  );
});

test("each cause's codes list the cause, and each listed cause can lead to its code", () => {
  const fromFacts = [...allFacts.values()].flatMap(({ code, causes: ids = [] }) =>
    ids.map((id) => `${id} ${code}`),
  );
  const fromCauses = Object.entries(causes).flatMap(([id, { statusCodes }]) =>
    statusCodes.map((code) => `${id} ${code}`),
  );
  assert.deepEqual(
    fromFacts.toSorted(),
    fromCauses.toSorted(),
    "bring the facts up to date: node scripts/content-code-causes.ts",
  );
});

test("related and confused codes point both at pages that exist and never at themselves", () => {
  for (const { code, related = [], confusedWith = [], useInstead = [] } of allFacts.values()) {
    for (const other of [...related, ...confusedWith, ...useInstead]) {
      assert.ok(allFacts.has(other), `${code} names ${other}`);
      assert.notEqual(other, code);
    }
  }
});

test("every token of the facts has its English words, and no word is left without a token", () => {
  const used = new Map<string, Set<string>>();
  for (const folder of folders) collectTokens(json(`codes/${folder}/facts.json`) as Record<string, unknown>, used);
  for (const [kind, tokens] of used)
    for (const token of tokens) assert.ok(words[kind]?.[token], `${kind}: ${token}`);
  for (const [kind, meanings] of Object.entries(words))
    for (const token of Object.keys(meanings)) assert.ok(used.get(kind)?.has(token), `${kind}: ${token}`);
});

for (const facts of allFacts.values()) {
  const { code } = facts;

  test(`${code}: facts keep to the schema`, () => {
    const result = schema.safeParse(facts);
    assert.ok(result.success, JSON.stringify(result.error?.issues, undefined, 1));
  });

  test(`${code}: class and finality follow from the number (RFC 3261 §7.2)`, () => {
    const byHundreds: Readonly<Record<number, string>> = {
      1: "provisional",
      2: "success",
      3: "redirection",
      4: "clientError",
      5: "serverError",
      6: "globalFailure",
    };
    assert.equal(facts.class, byHundreds[Math.floor(code / 100)] ?? "beyondSix");
    assert.equal(facts.final, code >= 200);
  });

  test(`${code}: what is marked unchecked is there, and vendor patterns are regular expressions`, () => {
    for (const pointer of facts.unchecked)
      assert.notEqual(valueAt(facts, pointer), undefined, pointer);
    for (const { pattern } of facts.vendorPhrases ?? [])
      assert.doesNotThrow(() => new RegExp(pattern, "u"), pattern);
  });

  test(`${code}: the English page has its sections in order, with words enough and not too many`, () => {
    const page = readCodePage(text(`codes/${code}/en.md`));
    const { sections, words: bounds } = facts.registered ? shape.registered : shape.unregistered;
    assert.equal(page.title, `${code} ${facts.name}`);
    assert.ok(page.lead.length > 20, "a lead of a sentence or two");
    assert.deepEqual(
      page.headings,
      sections.map((section) => shape.headings["en"]?.[section]),
    );
    assert.ok(
      page.words >= bounds.minimum && page.words <= bounds.maximum,
      `${page.words} words, not ${bounds.minimum} to ${bounds.maximum}`,
    );
  });

  test(`${code}: the English page has a table of checks, fixes for each reader, and working links`, () => {
    const page = readCodePage(text(`codes/${code}/en.md`));
    const headings = shape.headings["en"] ?? {};
    const [columns, ...rows] = tableRows(page.sections[headings["checks"] ?? ""] ?? "");
    assert.deepEqual(columns, shape.checkColumns["en"]);
    assert.ok(rows.length >= (facts.registered ? 4 : 2), "rows enough to tell causes apart");
    for (const row of rows) assert.ok(row.length === 3 && row.every(Boolean), row.join(" | "));
    if (facts.registered) {
      const fixes = page.sections[headings["fixes"] ?? ""] ?? "";
      for (const fixer of shape.fixers["en"] ?? []) assert.ok(fixes.includes(`**${fixer}.** `), fixer);
      const questions = page.sections[headings["questions"] ?? ""] ?? "";
      assert.ok(questions.split("\n\n").length >= 3, "three questions");
      for (const question of questions.split("\n\n")) assert.match(question, /^\*\*[^*]+\?\*\* \S/);
    }
    for (const link of page.links) {
      const [kind, target = ""] = link.split(":");
      assert.notEqual(target, String(code), "a page does not link to itself");
      if (kind === "code") assert.ok(allFacts.has(Number(target)), link);
      else assert.ok(kind === "cause" && target in causes, link);
    }
  });

  if (!facts.registered) continue;

  test(`${code}: the example parses, is framed by its Content-Length and carries what it must`, () => {
    const wire = text(`codes/${code}/example.sip`);
    assert.doesNotMatch(wire, /(?<!\r)\n|\r(?!\n)/, "every line ends in CRLF");
    const message = parseMessage(wire);
    assert.ok(!isMalformed(message) && message.kind === "response", JSON.stringify(message));
    assert.equal(message.statusCode, code);
    const [head = "", body = ""] = wire.split("\r\n\r\n", 2);
    const fields = new Map(
      head
        .split("\r\n")
        .slice(1)
        .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
    );
    assert.equal(Number(fields.get("Content-Length")), body.length);
    for (const name of ["Via", "From", "To", "Call-ID", "CSeq", ...(facts.headers?.required ?? [])])
      assert.ok(fields.has(name), name);
    const oneOf = facts.headers?.requiredOneOf ?? [];
    assert.ok(oneOf.length === 0 || oneOf.some((name) => fields.has(name)), oneOf.join(" or "));
    assert.equal(fields.get("To")?.includes(";tag="), facts.toTag === "required");
    const method = fields.get("CSeq")?.split(" ")[1] ?? "";
    assert.ok(facts.methods?.includes("any") || facts.methods?.includes(method), method);
  });
}

test("no page has a sentence of another page", () => {
  const seen = new Map<string, number>();
  for (const code of folders) {
    for (const sentence of sentencesOf(text(`codes/${code}/en.md`))) {
      const other = seen.get(sentence);
      assert.ok(other === undefined || other === code, `${other} and ${code}: ${sentence}`);
      seen.set(sentence, code);
    }
  }
});

/** Sentences long enough to be a thought; table cells and headings are left out. */
function sentencesOf(markdown: string): string[] {
  return markdown
    .split("\n")
    .filter((line) => line !== "" && !/^[|#]/.test(line))
    .flatMap((line) => line.split(/(?<=[.?!])\s+/))
    .filter((sentence) => sentence.split(" ").length >= 7);
}

/** Where the facts keep the tokens of each kind of word. */
function collectTokens(facts: Readonly<Record<string, unknown>>, into: Map<string, Set<string>>): void {
  const kinds: readonly (readonly [kind: string, pointer: string])[] = [
    ["classes", "/class"],
    ["senders", "/senders"],
    ["madeLocally", "/madeLocally"],
    ["scope", "/scope"],
    ["toTag", "/toTag"],
    ["ack", "/ack"],
    ["forking", "/forking"],
    ["creates", "/dialog/creates"],
    ["failureEnds", "/dialog/failureEnds"],
    ["repeat", "/repeat/how"],
    ["needs", "/repeat/needs"],
    ["origins", "/origin"],
    ["httpRelations", "/http/relation"],
  ];
  const add = (kind: string, tokens: unknown): void => {
    const known = into.get(kind) ?? new Set();
    into.set(kind, known);
    for (const token of Array.isArray(tokens) ? tokens : [tokens])
      if (typeof token === "string") known.add(token);
  };
  for (const [kind, pointer] of kinds) add(kind, valueAt(facts, pointer));
  const methods = valueAt(facts, "/methods");
  if (Array.isArray(methods) && methods.includes("any")) add("methods", "any");
  for (const { id } of (facts["vendorPhrases"] ?? []) as readonly { id: string }[]) add("phrases", id);
  for (const [, condition = ""] of JSON.stringify(facts["q850"] ?? {}).matchAll(
    /"(?:onlyIf|unless)":"(\w+)"/g,
  ))
    add("q850Conditions", condition);
}

/** The value at a JSON pointer (RFC 6901, without escapes). */
function valueAt(value: unknown, pointer: string): unknown {
  let at = value;
  for (const step of pointer.split("/").slice(1)) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[step];
  }
  return at;
}

function text(path: string): string {
  const url = new URL(path, content);
  assert.ok(existsSync(url), `${path} is missing`);
  return readFileSync(url, "latin1" === encodingOf(path) ? "latin1" : "utf8");
}

/** A message is bytes (one character each); a page is UTF-8. */
function encodingOf(path: string): "latin1" | "utf8" {
  return path.endsWith(".sip") ? "latin1" : "utf8";
}

function json(path: string): unknown {
  return JSON.parse(text(path));
}
