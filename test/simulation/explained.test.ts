import assert from "node:assert/strict";
import { test } from "node:test";
import { loadCauseContent } from "../../src/codes/index.ts";
import { explain, renderExplanation } from "../../src/explain/index.ts";
import type { TraceRecord } from "../../src/trace/index.ts";
import { simulate } from "./simulate.ts";

const SEEDS = 10;
const WIDTH = 80;

const content = await loadCauseContent("en");

for (let seed = 1; seed <= SEEDS; seed += 1) {
  test(`seed ${seed}: every case, ended or pending, can be explained in ${WIDTH} columns`, async () => {
    const { observed } = await simulate(seed);
    for (const record of observed.records) reads(record, Infinity);
    for (const { record, atMs } of observed.pending) reads(record, atMs);
  });
}

function reads(record: TraceRecord, nowMs: number): void {
  const explanation = explain([record], { content, nowMs });
  const rendered = renderExplanation(explanation, { width: WIDTH, colour: false });
  const about = `${record.method} ${record.statusCode} ${record.causeId}\n${rendered}`;
  for (const line of rendered.split("\n")) {
    // A URI that is longer than the terminal is not cut: it is there to be copied.
    if (/\S{60,}/.test(line)) continue;
    assert.ok(line.length <= WIDTH, `${line.length} columns: ${line}\n${about}`);
  }
  // Braces alone may be bytes of a broken message; a name in braces is a value that was not filled in.
  assert.doesNotMatch(rendered, /\{[A-Za-z]+\}|undefined|NaN|Infinity/, about);
  // Why we refused is known when it happens; the explanation must not find something else.
  if (record.endedAtMs !== undefined && record.causeId !== "") {
    assert.equal(explanation.causeId, record.causeId, about);
  }
}
