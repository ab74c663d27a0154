import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerError } from "../causes/index.ts";
import { Questions } from "./questions.ts";

/** What became of one question. */
function outcomeOf(questions: Questions, answer: Promise<string>): Promise<string> {
  return new Promise((resolve) => {
    questions.ask("location", answer, resolve, (error) => {
      resolve(error instanceof ServerError ? error.message : `other: ${String(error)}`);
    });
  });
}

test("an answer in time is given on", async () => {
  const questions = new Questions(1_000);
  assert.equal(await outcomeOf(questions, Promise.resolve("held")), "held");
});

test("a store's own fault is given on as it is", async () => {
  const questions = new Questions(1_000);
  const fault = new ServerError("location-unreachable", "the disk is gone");
  assert.equal(
    await outcomeOf(questions, Promise.reject(fault)),
    "location-unreachable: the disk is gone",
  );
});

test("a store that never answers is unreachable after the limit, and others are not", async () => {
  const questions = new Questions(20);
  const never = new Promise<string>(() => undefined);
  const [late, inTime] = await Promise.all([
    outcomeOf(questions, never),
    outcomeOf(questions, Promise.resolve("held")),
  ]);
  assert.equal(late, "location-unreachable: no answer within 20 ms");
  assert.equal(inTime, "held");
});

test("five thousand settled questions leave the one that hangs its own limit", async () => {
  const questions = new Questions(30);
  const late = outcomeOf(questions, new Promise<string>(() => undefined));
  const answers = Array.from({ length: 5_000 }, () =>
    outcomeOf(questions, Promise.resolve("held")),
  );
  assert.deepEqual(new Set(await Promise.all(answers)), new Set(["held"]));
  assert.equal(await late, "location-unreachable: no answer within 30 ms");
});
