import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { ProxyOutput } from "./output.ts";
import { obviousChoice, sentOf, type Seen } from "../../test/support/obvious-choice.ts";
import { Fork } from "../../test/support/response-context.ts";

/** How one branch behaves: what it says on the way, what it ends with, and what it does when it is cancelled. */
interface Behaviour {
  readonly provisionals: readonly number[];
  readonly end: number | "timed out" | "unreachable" | "nothing";
  readonly whenCancelled: "487" | "200" | "silence";
  readonly q: number;
}

interface Scenario {
  readonly method: "INVITE" | "MESSAGE";
  readonly branches: readonly Behaviour[];
  readonly maxBreadth: number;
  /** Which of the branches that can go on does so next, one number for each step. */
  readonly order: readonly number[];
  /** The caller cancels before this step; -1: never. */
  readonly cancelAtStep: number;
}

const finals = [
  200, 202, 300, 302, 400, 401, 403, 404, 407, 408, 415, 420, 480, 481, 484, 486, 487, 488, 500,
  502, 503, 504, 600, 603, 606,
];

const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  provisionals: fc.array(fc.constantFrom(100, 180, 183), { maxLength: 3 }),
  end: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...finals) },
    { weight: 2, arbitrary: fc.constantFrom("timed out", "unreachable", "nothing" as const) },
  ),
  whenCancelled: fc.constantFrom("487", "200", "silence"),
  q: fc.constantFrom(1000, 500, 0),
});

const scenario: fc.Arbitrary<Scenario> = fc.record({
  method: fc.constantFrom("INVITE", "INVITE", "MESSAGE"),
  branches: fc.array(behaviour, { minLength: 1, maxLength: 5 }),
  maxBreadth: fc.constantFrom(1, 2, 60),
  order: fc.array(fc.nat(9), { minLength: 40, maxLength: 40 }),
  cancelAtStep: fc.oneof({ weight: 3, arbitrary: fc.constant(-1) }, fc.nat(12)),
});

/** Everything that happens in a scenario until nothing more can, and what the twin knows of it. */
class Run {
  readonly fork: Fork;
  readonly seen: Seen[] = [];
  readonly successes: number[] = [];
  wasCancelled = false;
  /** Something came after which no branch may be started. */
  #mayStart = true;
  #atMs = 0;
  readonly #scenario: Scenario;
  readonly #said: number[] = [];
  readonly #over = new Set<number>();
  readonly #cancelled = new Set<number>();

  constructor(scenarioGiven: Scenario) {
    this.#scenario = scenarioGiven;
    const { method, branches, maxBreadth } = scenarioGiven;
    this.fork = new Fork({
      request: { method, fields: [`Max-Breadth: ${maxBreadth}`] },
      targets: branches.map(({ q }, at) => `sip:d${at}@192.0.2.${at + 1} ${q}`),
    });
  }

  get hasEnded(): boolean {
    return this.fork.context.hasEnded;
  }

  play(): void {
    this.#feed("start");
    const { order, cancelAtStep, method } = this.#scenario;
    for (const [step, pick] of order.entries()) {
      if (step === cancelAtStep && method === "INVITE") this.#cancel();
      const ready = this.#ready();
      const next = ready[pick % Math.max(1, ready.length)];
      if (next !== undefined) this.#act(next);
    }
    // What has not ended by itself does so by its timers, the transaction layer's or the context's.
    for (let round = 0; round < 60 && !this.hasEnded; round += 1) {
      const ready = this.#ready()[0];
      if (ready === undefined) this.#letTimePass();
      else this.#act(ready);
    }
  }

  /** Branches that still have something to say. */
  #ready(): number[] {
    return this.fork.context.branches
      .map(({ number }) => number)
      .filter((number) => !this.#over.has(number) && this.#nextOf(number) !== undefined);
  }

  #behaviourOf(number: number): Behaviour {
    const host = this.fork.branch(number).destination?.address ?? "";
    const found = this.#scenario.branches[Number(host.split(".").at(-1)) - 1];
    assert.ok(found !== undefined);
    return found;
  }

  #nextOf(number: number): string | undefined {
    const { provisionals, end, whenCancelled } = this.#behaviourOf(number);
    if (this.#cancelled.has(number)) {
      return whenCancelled === "silence" ? undefined : whenCancelled;
    }
    const said = this.#said[number] ?? 0;
    const provisional = provisionals[said];
    if (provisional !== undefined) return String(provisional);
    const isSilent = end === "nothing" || (end === "timed out" && provisionals.length > 0);
    return isSilent ? undefined : String(end);
  }

  #act(number: number): void {
    const what = this.#nextOf(number);
    assert.ok(what !== undefined);
    this.#said[number] = (this.#said[number] ?? 0) + 1;
    this.#noteFinal(number, what);
    this.#feed(`${number}: ${what}`);
  }

  /** What the twin makes of it, before the context sees it. */
  #noteFinal(number: number, what: string): void {
    const statusCode = Number(what);
    if (statusCode < 200) return;
    this.#over.add(number);
    if (what === "timed out" || what === "unreachable") {
      const made = what === "timed out" ? 408 : 500;
      this.seen.push({ statusCode: this.wasCancelled ? 487 : made, isMade: true });
    } else if (statusCode < 300) {
      const isFirst = this.successes.length === 0;
      if (isFirst || this.#scenario.method === "INVITE") this.successes.push(statusCode);
      this.#mayStart = false;
    } else {
      const byTimerC = statusCode === 487 && this.fork.branch(number).timerCFired;
      if (byTimerC) {
        this.seen.push({ statusCode: this.wasCancelled ? 487 : 408, isMade: true });
      } else this.seen.push({ statusCode, isMade: false });
      if (statusCode >= 600) this.#mayStart = false;
    }
  }

  #cancel(): void {
    if (this.hasEnded || this.successes.length > 0) return;
    this.wasCancelled = true;
    this.#mayStart = false;
    this.#feed("cancel");
  }

  /** Nobody says anything: the next timer fires, or a transaction that waits for its first answer times out. */
  #letTimePass(): void {
    const { context } = this.fork;
    const waiting = context.branches.find(
      ({ state, number }) =>
        state !== "done" && !this.#over.has(number) && (state === "calling" || this.#isNotInvite()),
    );
    if (waiting !== undefined) {
      this.#noteFinal(waiting.number, "timed out");
      this.#feed(`${waiting.number}: timed out`);
      return;
    }
    const { deadlineMs } = context;
    assert.ok(deadlineMs < Infinity, "who waits has a timer");
    this.#atMs = deadlineMs - 1_000_000;
    this.#feed("time");
  }

  #isNotInvite(): boolean {
    return this.#scenario.method !== "INVITE";
  }

  #feed(input: string): void {
    this.#atMs += 1;
    const from = this.fork.outputs.length;
    const wasOver = this.hasEnded;
    this.fork.feed(this.#atMs, input);
    for (const output of this.fork.outputs.slice(from)) this.#check(output, wasOver);
    const pending = this.fork.context.branches.filter(({ state }) => state !== "done");
    const breadth = pending.reduce((sum, one) => sum + one.breadth, 0);
    assert.ok(breadth <= this.#scenario.maxBreadth, "Max-Breadth is kept (RFC 5393 §5.3.3)");
  }

  #check(output: ProxyOutput, wasOver: boolean): void {
    const isSuccess = output.kind === "respond" && output.statusCode < 300;
    assert.ok(!wasOver || isSuccess, `${output.kind} after the end`);
    if (output.kind === "start") assert.ok(this.#mayStart, "no branch is started any more");
    if (output.kind === "cancel") this.#cancelled.add(output.branch.number);
    if (output.kind === "abandon") {
      const { number } = output.branch;
      this.#over.add(number);
      const statusCode = this.wasCancelled ? 487 : 408;
      this.seen.push({ statusCode, isMade: true });
    }
  }
}

test("whatever the branches do, in whatever order: it ends, with the finals that RFC 3261 §16.7 chooses and no other", () => {
  fc.assert(
    fc.property(scenario, (given) => {
      const run = new Run(given);
      run.play();
      assert.ok(run.hasEnded, "it ends");
      const { outputs, context } = run.fork;
      assert.equal(outputs.filter(({ kind }) => kind === "ended").length, 1);
      assert.equal(context.deadlineMs, Infinity, "no timer is left");
      const sent = outputs.flatMap((output) =>
        output.kind === "respond" && output.statusCode >= 200 ? [output.statusCode] : [],
      );
      const silent = outputs.filter(({ kind }) => kind === "giveUp").length;
      if (run.successes.length > 0) {
        assert.deepEqual(sent, run.successes);
        assert.equal(silent, 0);
        return;
      }
      const chosen = sentOf(obviousChoice(run.seen, given.method, run.wasCancelled));
      assert.deepEqual(sent, chosen === undefined ? [] : [chosen]);
      assert.equal(silent, chosen === undefined ? 1 : 0);
    }),
    { numRuns: 2_000, seed: 20_261_122 },
  );
});
