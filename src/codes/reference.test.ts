import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { code, codeLanguages, compare, languageOf, loadReference, search } from "./index.ts";

test("a locale or a tag names one of the ten languages, or none", () => {
  for (const [tag, language] of [
    ["pt_BR.UTF-8", "pt-BR"],
    ["pt_PT", "pt-BR"],
    ["de_AT.UTF-8@euro", "de"],
    ["zh_TW.UTF-8", "zh-TW"],
    ["zh-Hant-HK", "zh-TW"],
    ["zh", "zh-CN"],
    ["EN", "en"],
    ["C.UTF-8", undefined],
    ["", undefined],
    ["el", undefined],
  ] as const) {
    assert.equal(languageOf(tag), language, tag);
  }
});

test("a language is loaded once, and each answer says what language it is in", async () => {
  assert.equal(await loadReference("en"), await loadReference("en"));
  assert.equal((await code(404, "en"))?.language, "en");
  assert.equal((await compare(404, 480, "en"))?.language, "en");
  assert.equal(await code(499), undefined);
});

test("a search finds by number, name, former name, vendor phrase, Q.850 cause and text", async () => {
  for (const [asked, number, by] of [
    ["404", 404, "number"],
    ["busy here", 486, "name"],
    ["Unsupported Certificate", 437, "name"],
    ["Not here", 404, "phrase"],
    ["cause 28", 484, "q850"],
    ["voicemail busy", 600, "text"],
  ] as const) {
    const hits = await search(asked);
    const hit = hits.find((each) => each.code === number);
    assert.equal(
      hit?.by,
      by,
      `${asked}: ${hits.map((each) => `${each.code} ${each.by}`).join(", ")}`,
    );
  }
  assert.deepEqual(await search("   "), []);
});

test("what stands by default in a mapping is not found by its cause", async () => {
  const hits = await search("cause 31");
  assert.ok(hits.length > 0, "somebody maps 31 to a code in so many words");
  assert.ok(
    hits.every(({ by, code: number }) => by === "q850" && number !== 428),
    "RFC 3398 gives 31 to 428, as to every code that it does not know",
  );
});

test("importing the layer loads nothing of the reference: a server starts without it", () => {
  for (const file of ["index.ts", "language.ts", "types.ts"]) {
    const source = readFileSync(new URL(file, import.meta.url), "utf8");
    for (const [line, from = ""] of source.matchAll(/^(?:import|export) .*? from "(.+?)";$/gms)) {
      const isType = /^(?:import|export) type/.test(line);
      const isLight = /^\.\/(?:language|types)\.ts$/.test(from);
      assert.ok(isType || isLight, `${file}: ${line}`);
    }
  }
});

test("503 is repeated at another server, and says so once", async () => {
  for (const language of codeLanguages) {
    const reference = await loadReference(language);
    if (reference.comparisonsIn !== language) continue;
    const row = reference.compare(486, 503)?.differences.find(({ topic }) => topic === "next");
    assert.equal(row?.sides[1], reference.code(503)?.said.repeat, language);
    const { comparisonsIn } = reference;
    const waits = reference.compare(491, 503)?.differences.find(({ topic }) => topic === "next");
    const mark = /^(?:de|es|fr|pt-BR|ru)$/.test(comparisonsIn) ? "2,1" : "2.1";
    assert.ok(waits?.sides[0].includes(mark), `${language}: ${waits?.sides[0]}`);
  }
  const english = await compare(486, 503);
  const next = english?.differences.find(({ topic }) => topic === "next");
  assert.equal(next?.sides[1], "repeat at another address or server");
});

test("things side by side are joined as the language joins them", async () => {
  assert.equal((await loadReference("en")).list(["a", "b"]), "a, b");
  assert.equal((await loadReference("ja")).list(["a", "b"]), "a、b");
  assert.match((await loadReference("zh-CN")).code(404)?.said.tag ?? "", /；/);
});
