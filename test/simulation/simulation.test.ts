import assert from "node:assert/strict";
import { test } from "node:test";
import { added, type Summary } from "./summary.ts";
import { describeFailure, simulate } from "./simulate.ts";

const SEEDS = 50;

/** Fates of messages and causes of cases, over all seeds. */
const met = new Set<string>();
let happened: Summary = {};

for (let seed = 1; seed <= SEEDS; seed += 1) {
  test(`seed ${seed}: a whole server keeps its promises over a bad network`, async () => {
    const run = await simulate(seed);
    for (const { causeId } of run.observed.records) met.add(causeId);
    for (const { what } of run.observed.wire) met.add(what);
    happened = added(happened, run.summary);
    assert.equal(run.violations.length, 0, describeFailure(run));
  });
}

test("the same seed gives the same messages at the same times", async () => {
  const [one, other] = [await simulate(7), await simulate(7)];
  const told = (run: typeof one): string[] =>
    run.observed.wire.map(({ atMs, what, message }) => `${atMs} ${what} ${message.text}`);
  assert.ok(told(one).length > 100);
  assert.deepEqual(told(one), told(other));
  assert.notDeepEqual(told(one), told(await simulate(8)));
});

const WANTED = `sent arrived lost refused
  user-unknown user-not-registered bindings-expired alias-loop domain-not-served relay-not-allowed sips-not-available
  credentials-missing credentials-wrong caller-cancelled every-branch-refused relayed-busy relayed-declined
  service-unavailable-hidden next-hop-unresolvable next-hop-unreachable branch-timed-out branch-silent-after-100
  branch-unanswered response-too-late max-forwards-spent extension-required transaction-unknown`;

test("the seeds together meet what they are made to meet", () => {
  for (const wanted of WANTED.split(/\s+/)) assert.ok(met.has(wanted), `no seed met ${wanted}`);
  for (const [what, times] of Object.entries(happened)) assert.ok(times > 0, `no seed had ${what}`);
});
