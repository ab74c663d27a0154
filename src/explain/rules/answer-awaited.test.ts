import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf } from "../case-facts.ts";
import { ExampleCase, START_MS } from "../example-case.ts";
import { answerAwaited } from "./answer-awaited.ts";

test("DNS was asked and has not answered (RFC 3263 §4)", () => {
  const record = new ExampleCase().at(2).add("next-hop-asked", 1, "elsewhere.example").pending();
  assert.deepEqual(answerAwaited.find(factsOf([record], START_MS + 1502)), {
    causeId: "answer-awaited",
    evidence: { question: "dns", subject: "elsewhere.example", waitedMs: 1500 },
    branch: 0,
  });
});

test("the directory was asked and answered: nothing is awaited", () => {
  const record = new ExampleCase()
    .at(2)
    .add("answer-awaited", "directory", "sip:bob@example.org")
    .at(900)
    .add("directory-looked-up", "sip:bob@example.org", 1)
    .pending();
  assert.equal(answerAwaited.find(factsOf([record], START_MS + 1502)), undefined);
});
