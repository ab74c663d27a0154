import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerError } from "../causes/index.ts";
import { Deadlines } from "./deadlines.ts";
import { Questions } from "./questions.ts";

const LIMIT_MS = 1_000;

/** Questions, what became of each, and the time that their limits go by. */
class Asked {
  readonly deadlines = new Deadlines();
  readonly questions = new Questions(LIMIT_MS, this.deadlines);
  readonly outcomes: string[] = [];

  ask(name: string, answer: Promise<string>, nowMs: number): void {
    this.questions.ask(
      "location",
      answer,
      nowMs,
      (given) => this.outcomes.push(`${name}: ${given}`),
      (error) => {
        const text = error instanceof ServerError ? error.message : `other: ${String(error)}`;
        this.outcomes.push(`${name}: ${text}`);
      },
    );
  }

  async until(nowMs: number): Promise<void> {
    await Promise.resolve();
    this.deadlines.wakeDue(nowMs, 100);
  }
}

const never = new Promise<string>(() => undefined);
const late = "location-unreachable: no answer within 1000 ms";

test("an answer in time is given on, and never before ask returns", async () => {
  const asked = new Asked();
  asked.ask("a", Promise.resolve("held"), 0);
  assert.deepEqual(asked.outcomes, []);
  await asked.until(1);
  assert.deepEqual(asked.outcomes, ["a: held"]);
});

test("a store's own fault is given on as it is", async () => {
  const asked = new Asked();
  const fault = new ServerError("location-unreachable", "the disk is gone");
  asked.ask("a", Promise.reject(fault), 0);
  await asked.until(1);
  assert.deepEqual(asked.outcomes, ["a: location-unreachable: the disk is gone"]);
});

test("a store that never answers is unreachable after the limit, each question after its own", async () => {
  const asked = new Asked();
  asked.ask("a", never, 0);
  asked.ask("b", Promise.resolve("held"), 10);
  asked.ask("c", never, 20);
  await asked.until(999);
  assert.deepEqual(asked.outcomes, ["b: held"]);
  assert.equal(asked.questions.openCount, 2);
  await asked.until(1_000);
  assert.deepEqual(asked.outcomes, ["b: held", `a: ${late}`]);
  assert.equal(asked.deadlines.nextMs, 1_020);
  await asked.until(1_020);
  assert.deepEqual(asked.outcomes, ["b: held", `a: ${late}`, `c: ${late}`]);
  assert.equal(asked.questions.openCount, 0);
  assert.equal(asked.deadlines.size, 0);
});

test("an answer that comes after the limit is nobody's any more", async () => {
  const asked = new Asked();
  const { promise, resolve } = Promise.withResolvers<string>();
  asked.ask("a", promise, 0);
  await asked.until(1_000);
  resolve("held");
  await asked.until(1_001);
  assert.deepEqual(asked.outcomes, [`a: ${late}`]);
});

test("who fails may ask again at once, and is given a limit anew", async () => {
  const asked = new Asked();
  asked.questions.ask("location", never, 0, assert.fail, () => asked.ask("again", never, 1_000));
  await asked.until(1_000);
  assert.equal(asked.deadlines.nextMs, 2_000);
  await asked.until(2_000);
  assert.deepEqual(asked.outcomes, [`again: ${late}`]);
});

test("five thousand settled questions leave the one that hangs its own limit", async () => {
  const asked = new Asked();
  asked.ask("hangs", never, 0);
  for (let count = 0; count < 5_000; count += 1) asked.ask("", Promise.resolve("held"), 1);
  await asked.until(999);
  assert.deepEqual(new Set(asked.outcomes), new Set([": held"]));
  await asked.until(1_000);
  assert.equal(asked.outcomes.at(-1), `hangs: ${late}`);
});
