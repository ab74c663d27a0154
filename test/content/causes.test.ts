import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fromJSONSchema } from "zod";
import { causeIds, placeholdersOf, readCausePage } from "../../scripts/content/cause-page.ts";
import type { Languages } from "../../scripts/content/compile-codes.ts";
import { causes, type CauseId } from "../../src/causes/index.ts";
import { cliWordIds } from "../../src/cli/cli-words.ts";
import type { Phrasing } from "../../src/codes/index.ts";
import { expectedThings } from "../../src/message/expected.ts";
import { standardValues, wordIds } from "../../src/explain/index.ts";
import { isMalformed, parseMessage, registeredStatusCodes } from "../../src/message/index.ts";

const content = new URL("../../content/", import.meta.url);
const folder = new URL("causes/", content);
const causeLanguages = (readJson(new URL("languages.json", content)) as Languages).explanations;
const schema = fromJSONSchema(readJson(new URL("schema/cause.schema.json", content)) as Parameters<typeof fromJSONSchema>[0]);

/** Values that not every case of a cause has: for fixes only, which are left out without them. */
const SOMETIMES = ["nearMiss", "dnsName", "account"];

type Words = Readonly<Record<string, string>>;

interface Facts {
  readonly relatedCauses: readonly string[];
  readonly relatedCodes: readonly number[];
  readonly example?: "request" | "response" | "malformed";
}

function readJson(path: URL): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

test("every cause has its folder, and every folder its cause", () => {
  assert.deepEqual(causeIds(folder), Object.keys(causes).toSorted());
});

for (const id of Object.keys(causes) as CauseId[]) {
  const evidence: readonly string[] = causes[id].evidence;
  const allowed = new Set([...evidence.map((name) => name.replace(/:n$/, "")), ...standardValues]);

  test(`${id}: facts are as the schema says, and what they point at is there`, () => {
    const json = readJson(new URL(`${id}/facts.json`, folder));
    schema.parse(json);
    const facts = json as Facts;
    for (const other of facts.relatedCauses) {
      assert.ok(Object.hasOwn(causes, other) && other !== id, other);
    }
    for (const code of facts.relatedCodes) {
      assert.ok(registeredStatusCodes().includes(code), String(code));
    }
  });

  for (const language of causeLanguages) {
    test(`${id}: the page in ${language} uses only values that the cause carries`, () => {
      const page = readCausePage(new URL(`${id}/${language}.md`, folder));
      for (const text of [page.says, ...page.fixes, page.howToSeeIt, page.whatHappened]) {
        for (const name of placeholdersOf(text)) assert.ok(allowed.has(name), `{${name}}`);
      }
      // The sentence must hold whenever the cause does: evidence only, or what every request has.
      const always = new Set([...allowed].filter((name) => !SOMETIMES.includes(name)));
      for (const name of placeholdersOf(page.says)) assert.ok(always.has(name), `{${name}}`);
      if (language === "en") {
        assert.doesNotMatch(page.says, /failed to|invalid/i);
        assert.doesNotMatch(page.says, /\.$/, "a clause behind the id, without a full stop");
      }
    });
  }

  test(`${id}: the example is what it says it is`, () => {
    const { example } = readJson(new URL(`${id}/facts.json`, folder)) as Facts;
    const path = new URL(`${id}/example.sip`, folder);
    assert.equal(existsSync(path), example !== undefined);
    if (example === undefined) return;
    const text = readFileSync(path, "latin1");
    assert.ok(!/[^\r]\n/.test(text), "lines end in CRLF");
    const message = parseMessage(text, { address: "192.0.2.17", port: 5060 });
    if (example !== "malformed") {
      assert.equal(message.kind, example, JSON.stringify(message));
      return;
    }
    assert.ok(isMalformed(message));
    assert.equal(message.cause.id, id);
  });
}

/** Words beside the pages: the folder, and the ids that must be there. */
const vocabularies = [
  ["explain", wordIds],
  ["cli", cliWordIds],
] as const;

for (const language of causeLanguages) {
  for (const [name, ids] of vocabularies) {
    test(`the words of ${name} are there in ${language}, and no others`, () => {
      const words = readJson(new URL(`${name}/${language}.json`, content)) as Words;
      assert.deepEqual(Object.keys(words).toSorted(), [...ids].toSorted());
      const english = readJson(new URL(`${name}/en.json`, content)) as Words;
      for (const [id, word] of Object.entries(words)) {
        const names = placeholdersOf(english[id] ?? "").toSorted();
        assert.deepEqual(placeholdersOf(word).toSorted(), names, id);
      }
    });
  }
}

for (const language of (readJson(new URL("languages.json", content)) as Languages).planned) {
  test(`what a reader of messages can expect has words in ${language}, and nothing else has`, () => {
    const { expected, stores, units, joins } = readJson(
      new URL(`phrasing/${language}.json`, content),
    ) as Phrasing;
    const ids = [...expectedThings, "wildcard-alone", "wildcard-expires"];
    assert.deepEqual(Object.keys(expected).toSorted(), ids.toSorted());
    assert.deepEqual(Object.keys(stores), ["embedded", "in memory", "shared"]);
    for (const words of [...Object.values(expected), ...Object.values(stores)]) assert.notEqual(words.trim(), "");
    for (const unit of Object.values(units)) assert.match(unit, /^\{value\}/);
    assert.deepEqual(Object.keys(joins), ["notes", "sentences", "label"]);
  });
}
