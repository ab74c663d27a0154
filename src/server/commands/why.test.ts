import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryDirectory } from "../../directory/index.ts";
import type { Explanation } from "../../explain/index.ts";
import { memoryLocationStore } from "../../location/index.ts";
import { parseAor, type Aor } from "../../message/index.ts";
import { because } from "../../causes/index.ts";
import { caseIdOf, Trace, type TraceRecord } from "../../trace/index.ts";
import { createCaseStore } from "../case-store.ts";
import type { CommandOutput } from "./types.ts";
import { why, type WhyPort } from "./why.ts";

const NOW_MS = 1_000_000;

function aor(text: string): Aor {
  const parsed = parseAor(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

async function portWith(...pending: TraceRecord[]): Promise<WhyPort> {
  const directory = memoryDirectory();
  const location = memoryLocationStore();
  const bob = aor("bob@example.org");
  await directory.put([
    { kind: "subscriber", aor: bob, credential: undefined },
    { kind: "alias", aor: aor("bboo@example.org"), target: "sip:bob@example.org" },
  ]);
  const binding = {
    contactUri: "sip:bob@192.0.2.3",
    callId: "r1",
    cseq: 1,
    qMilli: 1000,
    expiresAtMs: NOW_MS + 60_000,
    updatedAtMs: 0,
    path: [],
    source: "udp:192.0.2.3:5060",
  };
  await location.replace(bob, 0, [binding], 0);
  return {
    directory,
    location,
    domains: ["example.org"],
    nowMs: () => NOW_MS,
    cases: createCaseStore({ folder: undefined, nowMs: () => NOW_MS }),
    pending: () => pending,
  };
}

function recordOf(
  callId: string,
  startedAtMs: number,
  changes: Partial<TraceRecord> = {},
): TraceRecord {
  const trace = new Trace(startedAtMs);
  if (changes.causeId === "user-unknown") {
    const evidence = { aor: "sip:bbo@example.org", domain: "example.org" };
    trace.refuse(because("user-unknown", 404, evidence), startedAtMs + 2);
  }
  return {
    caseId: caseIdOf(callId),
    callId,
    method: "INVITE",
    requestUri: "sip:bbo@example.org",
    from: "sip:alice@example.org",
    to: "sip:bbo@example.org",
    peer: "udp:192.0.2.1:5060",
    startedAtMs,
    endedAtMs: startedAtMs + 3,
    statusCode: 200,
    causeId: "",
    values: trace.values,
    droppedCount: 0,
    messages: [],
    timers: [],
    ...changes,
  };
}

const unknown = { statusCode: 404, causeId: "user-unknown" } as const;
const hanging = { endedAtMs: undefined, statusCode: 0 } as const;

/** The port's case store as the server fills it. */
function keep(port: WhyPort, ...records: TraceRecord[]): void {
  for (const record of records) (port.cases as ReturnType<typeof createCaseStore>).keep(record);
}

async function run(args: Record<string, unknown>, port: WhyPort): Promise<CommandOutput[]> {
  const outputs: CommandOutput[] = [];
  for await (const output of why(args, port)) outputs.push(output);
  return outputs;
}

function explanations(outputs: readonly CommandOutput[]): Explanation[] {
  return outputs.flatMap((output) => (output.kind === "row" ? [output.value as Explanation] : []));
}

test("without a question the latest failure is explained, with who was meant and how many devices", async () => {
  const port = await portWith();
  keep(port, recordOf("bad@x", 100, unknown), recordOf("good@x", 200));
  const outputs = await run({}, port);
  const [explanation] = explanations(outputs);
  assert.equal(explanation?.callId, "bad@x");
  assert.equal(explanation.causeId, "user-unknown");
  const [reachable, alias] = explanation.nearMisses;
  assert.deepEqual([reachable?.aor, reachable?.devices], ["sip:bob@example.org", 1]);
  assert.deepEqual([alias?.aor, alias?.aliasOf], ["sip:bboo@example.org", "sip:bob@example.org"]);
  assert.ok(explanation.fixes[0]?.includes("nexthop alias add bbo@example.org bob@example.org"));
  assert.deepEqual(outputs.at(-1), { kind: "done", value: { cases: 1 } });
});

test("a case id, a Call-ID and an address lead to the same case", async () => {
  const port = await portWith();
  keep(port, recordOf("bad@x", 100, unknown));
  for (const args of [
    { id: caseIdOf("bad@x") },
    { id: "bad@x" },
    { callId: "bad@x" },
    { to: "bbo@example.org" },
  ]) {
    const [explanation] = explanations(await run(args, port));
    assert.equal(explanation?.callId, "bad@x", JSON.stringify(args));
  }
});

test("a Call-ID of eight hex digits is found too", async () => {
  const port = await portWith();
  keep(port, recordOf("deadbeef", 100, unknown));
  const [explanation] = explanations(await run({ id: "deadbeef" }, port));
  assert.equal(explanation?.callId, "deadbeef");
});

test("who has a final response waits for nothing, though a branch is still to end", async () => {
  const waiting = await portWith({ ...recordOf("answered@x", 5, hanging), statusCode: 200 });
  assert.deepEqual(explanations(await run({ pending: true }, waiting)), []);
});

test("what is pending is told by --pending, the longest wait first, and by its Call-ID", async () => {
  const port = await portWith(
    recordOf("new@x", NOW_MS - 10, hanging),
    recordOf("old@x", 5, hanging),
  );
  const pending = explanations(await run({ pending: true }, port));
  assert.deepEqual(
    pending.map(({ callId, state }) => [callId, state]),
    [
      ["old@x", "pending"],
      ["new@x", "pending"],
    ],
  );
  const [explanation] = explanations(await run({ id: "new@x" }, port));
  assert.equal(explanation?.state, "pending");
  const [latest] = explanations(await run({ to: "bbo@example.org" }, port));
  assert.equal(latest?.callId, "new@x");
});

test("a call that was challenged and now hangs is one case, and the hanging part is its subject", async () => {
  const port = await portWith(recordOf("a@x", 500, hanging));
  keep(port, recordOf("a@x", 100, { statusCode: 407, causeId: "credentials-missing" }));
  const found = explanations(await run({ callId: "a@x" }, port));
  assert.deepEqual(
    found.map(({ state, headline }) => [state, headline.afterMs]),
    [["pending", NOW_MS - 500]],
  );
});

test("more pending requests than anybody reads are counted, not listed", async () => {
  const many = Array.from({ length: 60 }, (_, index) => recordOf(`${index}@x`, index, hanging));
  const outputs = await run({ pending: true }, await portWith(...many));
  assert.equal(explanations(outputs).length, 50);
  assert.ok(
    outputs.some((output) => output.kind === "warning" && output.text.startsWith("10 more")),
  );
});

test("what is not there is said, with exit code 1; what is no address, with 2", async () => {
  const port = await portWith();
  for (const args of [{}, { id: "nobody@x" }, { to: "nobody@example.org" }]) {
    const [output] = await run(args, port);
    assert.ok(output?.kind === "failed" && output.exitCode === 1, JSON.stringify(args));
  }
  const [wrong] = await run({ to: "not an address" }, port);
  assert.ok(wrong?.kind === "failed" && wrong.exitCode === 2);
});
