import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf } from "../base/text-wrap.ts";
import { codeLanguages, completeLanguages, loadCauseContent } from "../codes/index.ts";
import type { TraceRecord } from "../trace/index.ts";
import { ExampleCase, START_MS } from "./example-case.ts";
import { explain } from "./explain.ts";
import { renderExplanation } from "./render.ts";
import type { Explanation } from "./types.ts";

const { causes: languages } = await completeLanguages();

/** A call that hangs on two branches: every kind of row, a note, and what happens next. */
function pendingCase(): TraceRecord {
  return new ExampleCase()
    .at(0.2)
    .trying()
    .at(1)
    .branch(1, "sip:bob@198.51.100.2", "udp:198.51.100.2:5060")
    .branch(2, "sip:bob@203.0.113.7", "udp:203.0.113.7:5060")
    .at(80)
    .got(2, 100, "Trying")
    .at(3101)
    .got(1, 486, "Busy Here")
    .pending([{ timer: "timerC", branch: 2, dueAtMs: START_MS + 185_001 }]);
}

function malformedCase(expected: string): TraceRecord {
  return new ExampleCase().at(1).refused("via-malformed", 400, { offset: 41, expected }).ended();
}

async function explained(record: TraceRecord, language: string): Promise<Explanation> {
  const content = await loadCauseContent(codeLanguages.find((each) => each === language) ?? "en");
  const nowMs = START_MS + 41_200;
  return explain([record], { content, nowMs, directory: { name: "embedded", size: 70_000 } });
}

async function notesIn(language: string): Promise<string> {
  const { evidence } = await explained(pendingCase(), language);
  return evidence.map(({ note }) => note).join("\n");
}

for (const language of languages) {
  test(`${language}: no line of an explanation is wider than 80 columns, and none begins with a closing mark`, async () => {
    for (const record of [pendingCase(), malformedCase("uri-end")]) {
      const text = renderExplanation(await explained(record, language), {
        width: 80,
        colour: false,
      });
      for (const line of text.split("\n")) {
        assert.ok(columnsOf(line) <= 80, line);
        assert.doesNotMatch(line, /^\s*[、。，；：！？）」ーッャュョ]/u);
        assert.doesNotMatch(line, /\{[A-Za-z]+\}/, "every placeholder has its value");
      }
    }
  });

  test(`${language}: the values of rows stand below each other`, async () => {
    const text = renderExplanation(await explained(pendingCase(), language), {
      width: 80,
      colour: false,
    });
    const starts = text
      .split("\n")
      .filter((line) => line.includes("udp:") && /^ {4}\S/.test(line) && !line.includes("Call-ID"))
      .filter((line) => !line.startsWith("    -"))
      .map((line) => columnsOf(line.slice(0, line.indexOf("udp:"))));
    assert.ok(starts.length >= 2, text);
    assert.equal(new Set(starts).size, 1, text);
  });

  test(`${language}: the cause and its evidence are those of English, the words are not`, async () => {
    const record = malformedCase("port");
    const own = await explained(record, language);
    const english = await explained(record, "en");
    assert.equal(own.language, language);
    assert.deepEqual([own.causeId, own.causeEvidence], [english.causeId, english.causeEvidence]);
    if (language !== "en") assert.notEqual(own.says, english.says);
  });
}

test("what was expected is an id in the evidence, and words of the language in the sentence", async () => {
  const english = await explained(malformedCase("uri-end"), "en");
  assert.equal(english.causeEvidence["expected"], "uri-end");
  assert.equal(english.says, "Via should have the end of the URI at byte 41");
  const japanese = await explained(malformedCase("uri-end"), "ja");
  assert.equal(japanese.says, "Via のバイト位置 41 には「URI の終わり」があるはず");
});

test("a case that was kept with the words themselves keeps them", async () => {
  const { says } = await explained(malformedCase("a port from 0 to 65535"), "ja");
  assert.match(says, /「a port from 0 to 65535」/);
});

test("numbers and joins are those of the language: 3,1 s in French, 、 between notes in Japanese", async () => {
  assert.match(await notesIn("en"), /486 after 3\.1 s, kept/);
  assert.match(await notesIn("fr"), /3,1 s/);
  assert.match(await notesIn("ja"), /486 で終了、いまのところ/);
});

test("a language that is not complete is explained in English, and says so", async () => {
  for (const language of codeLanguages) {
    const content = await loadCauseContent(language);
    assert.equal(content.language, languages.includes(language) ? language : "en");
  }
});
