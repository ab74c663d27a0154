// Stores that answer late, never, or not as they promised. Virtual time: what takes a second here takes none.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Directory } from "../../src/directory/index.ts";
import type { LocationStore } from "../../src/location/index.ts";
import { eventsOf } from "../../src/trace/index.ts";
import { BOB_ADDRESS, Domain } from "../support/domain.ts";

const QUESTION_MS = 1_000;
const limits = { transactions: 100, questionMs: QUESTION_MS };
const REGISTER = {
  method: "REGISTER",
  uri: "sip:example.org",
  from: "sip:bob@example.org",
  to: "sip:bob@example.org",
} as const;

type Question = "find" | "lookup" | "replace";

/** What a store does with a question instead of answering it. It answers while nothing is said. */
class Trouble {
  readonly #withheld: (() => void)[] = [];
  #act: (() => unknown) | undefined;

  /** From now on answers are held back. */
  withholds(): void {
    this.#act = () => undefined;
  }

  throws(fault: unknown): void {
    this.#act = () => {
      throw fault;
    };
  }

  ends(): void {
    this.#act = undefined;
  }

  /** The answers that were held back come now, all of them. */
  async release(): Promise<void> {
    this.ends();
    for (const give of this.#withheld.splice(0)) give();
    for (let turns = 0; turns < 10; turns += 1) {
      // oxlint-disable-next-line no-await-in-loop
      await Promise.resolve();
    }
  }

  meets<Answer>(answer: () => Answer | Promise<Answer>): Answer | Promise<Answer> {
    if (this.#act === undefined) return answer();
    this.#act();
    return new Promise((resolve) => {
      this.#withheld.push(() => resolve(answer()));
    });
  }
}

/** A server one of whose stores has that trouble with that question. */
function domainWith(question: Question, trouble: Trouble): Promise<Domain> {
  const directory = (inner: Directory): Directory => ({
    supports: inner.supports,
    size: inner.size,
    find: (aor) => (question === "find" ? trouble.meets(() => inner.find(aor)) : inner.find(aor)),
    put: (entries) => inner.put(entries),
    remove: (aor) => inner.remove(aor),
    entries: (kind) => inner.entries(kind),
    close: () => inner.close(),
  });
  const location = (inner: LocationStore): LocationStore => ({
    supports: inner.supports,
    lookup: (aor, nowMs) =>
      question === "lookup"
        ? trouble.meets(() => inner.lookup(aor, nowMs))
        : inner.lookup(aor, nowMs),
    // A store that does not know that it must reject, and throws at once.
    replace: (aor, version, bindings, nowMs) =>
      question === "replace"
        ? trouble.meets(() => inner.replace(aor, version, bindings, nowMs))
        : inner.replace(aor, version, bindings, nowMs),
    entries: (nowMs) => inner.entries(nowMs),
    close: () => inner.close(),
  });
  return new Domain({ directory, location }).open({ auth: "none", limits });
}

function storeOf(question: Question): string {
  return question === "find" ? "directory" : "location";
}

for (const question of ["find", "lookup"] as const) {
  test(`a call whose ${question} is never answered is 503 after questionMs, and a late answer changes nothing`, async () => {
    const trouble = new Trouble();
    const domain = await domainWith(question, trouble);
    trouble.withholds();
    await domain.caller.ask();
    await domain.time.passes(QUESTION_MS - 100);
    assert.deepEqual(codes(domain), [100], "still searching");
    await domain.time.passes(100);
    assert.deepEqual(codes(domain), [100, 503]);
    assert.equal(domain.lastCauseId, `${storeOf(question)}-unreachable`);
    assert.match(lastEvidence(domain), /no answer within 1000 ms/);
    await trouble.release();
    await domain.time.passes(100);
    assert.equal(domain.bob.requests.length, 0, "nobody is rung");
    assert.equal(domain.server.counters.faults, 0);
  });

  test(`CANCEL while ${question} is awaited: 200 and 487 at once, and a late answer rings nobody (RFC 3261 §16.10)`, async () => {
    const trouble = new Trouble();
    const domain = await domainWith(question, trouble);
    trouble.withholds();
    const call = { callId: "c", branch: "z9hG4bKcall" };
    await domain.caller.ask(call);
    await domain.caller.ask({ ...call, method: "CANCEL" });
    assert.deepEqual(new Set(codes(domain)), new Set([100, 200, 487]));
    assert.equal(domain.lastCauseId, "caller-cancelled");
    await trouble.release();
    await domain.time.passes(2 * QUESTION_MS);
    assert.equal(domain.bob.requests.length, 0);
    assert.deepEqual(
      codes(domain).filter((code) => code >= 500),
      [],
    );
    assert.equal(domain.server.counters.faults, 0);
  });
}

for (const question of ["find", "lookup", "replace"] as const) {
  test(`a REGISTER whose ${question} is never answered is 503 after questionMs, and the next one is served`, async () => {
    const trouble = new Trouble();
    const domain = await domainWith(question, trouble);
    trouble.withholds();
    await domain.caller.ask(registering(1));
    await domain.caller.ask(registering(2));
    await domain.time.passes(2 * QUESTION_MS);
    assert.deepEqual(
      codes(domain).filter((code) => code >= 200),
      [503, 503],
      "the second waits for its turn behind the first, and not for ever",
    );
    assert.equal(domain.lastCauseId, `${storeOf(question)}-unreachable`);
    await trouble.release();
    assert.equal((await domain.caller.ask(registering(3)))?.statusCode, 200);
    assert.deepEqual(domain.server.pending(), []);
  });

  for (const fault of [new Error("the disk is gone"), "only a word"]) {
    test(`a store that throws ${typeof fault} at ${question} is 503, and the next REGISTER is served`, async () => {
      const trouble = new Trouble();
      const domain = await domainWith(question, trouble);
      trouble.throws(fault);
      assert.equal((await domain.caller.ask(registering(1)))?.statusCode, 503);
      assert.equal(domain.lastCauseId, `${storeOf(question)}-unreachable`);
      assert.match(lastEvidence(domain), /the disk is gone|only a word/);
      assert.deepEqual(domain.server.pending(), []);
      trouble.ends();
      assert.equal((await domain.caller.ask(registering(2)))?.statusCode, 200);
    });
  }
}

for (const question of ["find", "lookup"] as const) {
  test(`a store that throws at ${question} is 503 for a caller, and the next call rings`, async () => {
    const trouble = new Trouble();
    const domain = await domainWith(question, trouble);
    trouble.throws(new Error("the disk is gone"));
    assert.equal((await domain.caller.ask())?.statusCode, 503);
    assert.equal(domain.lastCauseId, `${storeOf(question)}-unreachable`);
    trouble.ends();
    await domain.caller.ask();
    assert.equal(domain.bob.requests.at(-1)?.method, "INVITE");
  });
}

function codes(domain: Domain): number[] {
  return domain.caller.responses.map(({ statusCode }) => statusCode);
}

/** What the last refusal gave as its proof. */
function lastEvidence(domain: Domain): string {
  const record = domain.records.at(-1);
  assert.ok(record !== undefined);
  const events = eventsOf(record.startedAtMs, record.values);
  const refused = events.find(({ kind }) => kind === "refused");
  return refused?.kind === "refused" ? refused.evidence : "";
}

function registering(cseq: number) {
  const fields = [`Contact: <sip:bob@${BOB_ADDRESS}:5070>;expires=600`];
  return { ...REGISTER, callId: "r", cseq, fields };
}
