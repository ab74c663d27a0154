import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { because } from "../causes/index.ts";
import { caseIdOf, eventsOf, Trace, type TraceRecord } from "../trace/index.ts";
import { createCaseStore, DEFAULT_CASE_LIMITS } from "./case-store.ts";

const START_MS = 1_000_000;

function recordOf(
  callId: string,
  atMs: number,
  changes: Partial<TraceRecord> & { readonly trace?: Trace } = {},
): TraceRecord {
  const { trace = new Trace(START_MS + atMs), ...rest } = changes;
  return {
    caseId: caseIdOf(callId),
    callId,
    method: "INVITE",
    requestUri: "sip:bob@example.org",
    from: "sip:alice@example.org",
    to: "sip:bob@example.org",
    peer: "udp:192.0.2.1:5060",
    startedAtMs: START_MS + atMs,
    endedAtMs: START_MS + atMs + 5,
    statusCode: 200,
    causeId: "",
    values: trace.values,
    droppedCount: trace.droppedCount,
    messages: [],
    timers: [],
    ...rest,
  };
}

const refused = { statusCode: 404, causeId: "user-unknown" } as const;
const challenged = { statusCode: 407, causeId: "credentials-missing" } as const;

function folderFor(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "nexthop-cases-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function inMemory(limits = DEFAULT_CASE_LIMITS): ReturnType<typeof createCaseStore> {
  return createCaseStore({ folder: undefined, limits, nowMs: () => START_MS });
}

const callIdsOf = (cases: readonly (readonly TraceRecord[])[]): string[] =>
  cases.map((records) => records[0]?.callId ?? "");

test("a failure comes back as it was given, events, evidence, messages and all", () => {
  const trace = new Trace(START_MS);
  trace.add("request-received", START_MS, "INVITE", "sip:bbo@example.org", "udp:192.0.2.1:5060");
  trace.add("directory-looked-up", START_MS + 0.25, "sip:bbo@example.org", 0);
  trace.refuse(
    because("user-unknown", 404, { aor: "sip:bbo@example.org", domain: "example.org" }),
    START_MS + 3.1,
  );
  const text = `INVITE sip:bbo@example.org SIP/2.0\r\nSubject: ${"gr\xfc\xdfe ".repeat(100)}\r\n\r\n`;
  const record = recordOf("a@x", 0, {
    ...refused,
    trace,
    messages: [{ atMs: START_MS, direction: "in", branch: 0, peer: "udp:192.0.2.1:5060", text }],
  });
  const store = inMemory();
  store.keep(record);
  assert.deepEqual(store.find({ kind: "call", callId: "a@x" }), [[record]]);
});

test("of a success the numbers stay, and the text that stands elsewhere in the record does not", () => {
  const trace = new Trace(START_MS);
  trace.add("location-looked-up", START_MS, "sip:bob@example.org", 2, 0);
  trace.add("branch-started", START_MS, 1, "sip:bob@192.0.2.3", "udp:192.0.2.3:5060");
  const store = inMemory();
  store.keep(recordOf("a@x", 0, { trace }));
  const [[kept] = []] = store.find({ kind: "call", callId: "a@x" });
  assert.deepEqual(eventsOf(START_MS, kept?.values ?? []), [
    { kind: "location-looked-up", atMs: START_MS, aor: "", bindings: 2, expired: 0 },
    {
      kind: "branch-started",
      atMs: START_MS,
      branch: 1,
      target: "sip:bob@192.0.2.3",
      destination: "udp:192.0.2.3:5060",
    },
  ]);
});

test("all requests of one Call-ID are one case, in order of time, found by case id too", () => {
  const store = inMemory();
  store.keep(recordOf("a@x", 90, { method: "BYE" }));
  store.keep(recordOf("b@x", 40));
  store.keep(recordOf("a@x", 0));
  const found = store.find({ kind: "case", caseId: caseIdOf("a@x").toUpperCase() });
  assert.deepEqual(
    found.map((records) => records.map(({ method }) => method)),
    [["INVITE", "BYE"]],
  );
  assert.deepEqual(store.find({ kind: "case", caseId: "not hex" }), []);
  assert.deepEqual(store.find({ kind: "call", callId: "c@x" }), []);
});

test("each REGISTER is a case of its own, and its Call-ID finds them all, the latest first", () => {
  const store = inMemory();
  const first = caseIdOf("r@x", "1");
  const second = caseIdOf("r@x", "2");
  store.keep(recordOf("r@x", 0, { method: "REGISTER", caseId: first }));
  store.keep(recordOf("r@x", 60_000, { method: "REGISTER", caseId: second }));
  const found = store.find({ kind: "call", callId: "r@x" });
  assert.deepEqual(
    found.map((records) => records[0]?.caseId),
    [second, first],
  );
});

test("--last is the latest that failed; where all worked, the latest", () => {
  const store = inMemory();
  store.keep(recordOf("worked@x", 0));
  assert.deepEqual(callIdsOf(store.find({ kind: "last" })), ["worked@x"]);
  store.keep(recordOf("failed@x", 10, refused));
  store.keep(recordOf("later@x", 20));
  assert.deepEqual(callIdsOf(store.find({ kind: "last" })), ["failed@x"]);
});

test("a challenge counts as a failure only when nothing follows it (RFC 3261 §22.1)", () => {
  const store = inMemory();
  store.keep(recordOf("failed@x", 0, refused));
  store.keep(recordOf("retried@x", 10, challenged));
  store.keep(recordOf("retried@x", 20));
  assert.deepEqual(callIdsOf(store.find({ kind: "last" })), ["failed@x"]);
  store.keep(recordOf("silent@x", 30, challenged));
  assert.deepEqual(callIdsOf(store.find({ kind: "last" })), ["silent@x"]);
});

test("--to finds an address whichever way it is written (RFC 3261 §19.1.4)", () => {
  const store = inMemory();
  store.keep(recordOf("old@x", 0, { to: "sip:carol@example.org" }));
  store.keep(
    recordOf("new@x", 9, { to: "sip:%63arol:pw@Example.ORG:5060;transport=udp", ...refused }),
  );
  store.keep(recordOf("other@x", 12, { to: "sip:caro@example.org" }));
  for (const aor of ["sip:carol@example.org", "carol@example.org", "sips:carol@example.org"]) {
    assert.deepEqual(callIdsOf(store.find({ kind: "to", aor })), ["new@x"], aor);
  }
  assert.deepEqual(store.find({ kind: "to", aor: "dave@example.org" }), []);
});

test("cases survive a restart", async (context) => {
  const folder = folderFor(context);
  const store = createCaseStore({ folder, nowMs: () => START_MS });
  store.keep(recordOf("a@x", 0, refused));
  store.keep(recordOf("b@x", 9));
  assert.deepEqual(callIdsOf(store.find({ kind: "last" })), ["a@x"], "before it is in the file");
  await store.close();
  const again = createCaseStore({ folder, nowMs: () => START_MS });
  assert.deepEqual(again.find({ kind: "call", callId: "a@x" }), [[recordOf("a@x", 0, refused)]]);
  again.keep(recordOf("c@x", 20, refused));
  assert.deepEqual(callIdsOf(again.find({ kind: "last" })), ["c@x"]);
  assert.deepEqual(callIdsOf(again.find({ kind: "call", callId: "b@x" })), ["b@x"]);
  await again.close();
});

test("what was in the file survives kill -9 of the process", async (context) => {
  const folder = folderFor(context);
  const script = `
    import { createCaseStore } from ${JSON.stringify(new URL("case-store.ts", import.meta.url).href)};
    const record = JSON.parse(process.argv[1]);
    const store = createCaseStore({ folder: process.argv[2], nowMs: () => ${START_MS} });
    store.keep(record);
    await store.flush();
    store.keep({ ...record, callId: "late@x" });
    process.stdout.write("kept");
    setInterval(() => {}, 1000);
  `;
  const record = recordOf("a@x", 0, refused);
  const child = spawn(
    process.execPath,
    ["--input-type=module", "--eval", script, JSON.stringify(record), folder],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  const again = createCaseStore({ folder, nowMs: () => START_MS });
  assert.deepEqual(again.find({ kind: "call", callId: "a@x" }), [[record]]);
  again.keep(recordOf("b@x", 9, refused));
  await again.close();
  const third = createCaseStore({ folder, nowMs: () => START_MS, readOnly: true });
  assert.deepEqual(callIdsOf(third.find({ kind: "last" })), ["b@x"]);
});

test("a file cut in the middle of a batch, or with noise behind it, gives all that came before", async (context) => {
  const folder = folderFor(context);
  const store = createCaseStore({ folder, nowMs: () => START_MS });
  store.keep(recordOf("a@x", 0, refused));
  await store.flush();
  store.keep(recordOf("b@x", 9, refused));
  await store.close();
  const [name = ""] = readdirSync(join(folder, "cases"));
  const path = join(folder, "cases", name);
  const whole = statSync(path).size;

  appendFileSync(path, Buffer.alloc(5000, "BHXN"));
  const noisy = createCaseStore({ folder, nowMs: () => START_MS, readOnly: true });
  assert.deepEqual(callIdsOf(noisy.find({ kind: "last" })), ["b@x"]);

  truncateSync(path, whole - 7);
  const torn = createCaseStore({ folder, nowMs: () => START_MS, readOnly: true });
  assert.deepEqual(callIdsOf(torn.find({ kind: "last" })), ["a@x"]);
  assert.deepEqual(torn.find({ kind: "call", callId: "b@x" }), []);
});

test("over the limit the oldest successes go first, then the oldest failures", async () => {
  const store = inMemory({ ...DEFAULT_CASE_LIMITS, records: 64 });
  for (let call = 0; call < 20; call += 1) store.keep(recordOf(`failed${call}@x`, call, refused));
  for (let call = 0; call < 1000; call += 1) {
    store.keep(recordOf(`worked${call}@x`, 100 + call));
    if (call % 10 === 0) await new Promise((turned) => setImmediate(turned));
  }
  assert.ok(store.counters().records <= 64 + 10, `${store.counters().records} kept`);
  assert.equal(store.find({ kind: "call", callId: "failed0@x" }).length, 1);
  assert.equal(store.find({ kind: "call", callId: "worked999@x" }).length, 1);
  assert.equal(store.find({ kind: "call", callId: "worked0@x" }).length, 0);
  for (let call = 20; call < 1000; call += 1) {
    store.keep(recordOf(`failed${call}@x`, 2000 + call, refused));
    if (call % 10 === 0) await new Promise((turned) => setImmediate(turned));
  }
  assert.equal(store.find({ kind: "call", callId: "failed0@x" }).length, 0);
  assert.equal(store.find({ kind: "call", callId: "failed999@x" }).length, 1);
});

test("files of cases that are too old are taken away", async (context) => {
  const folder = folderFor(context);
  let nowMs = START_MS;
  const limits = { ...DEFAULT_CASE_LIMITS, ageMs: 1600 };
  const store = createCaseStore({ folder, limits, nowMs: () => nowMs });
  store.keep(recordOf("old@x", 0, refused));
  await store.flush();
  nowMs += 5000;
  store.keep(recordOf("new@x", 5000, refused));
  await new Promise((turned) => setImmediate(turned));
  assert.deepEqual(store.find({ kind: "call", callId: "old@x" }), []);
  await store.close();
  assert.equal(readdirSync(join(folder, "cases")).length, 1);
});

test("a record above 64 KiB loses its middle, and the count says so", () => {
  const trace = new Trace(START_MS);
  const messages = Array.from({ length: 20 }, (_, index) => ({
    atMs: START_MS + index,
    direction: "in" as const,
    branch: 0,
    peer: "udp:192.0.2.1:5060",
    text: String.fromCharCode(65 + index).repeat(8000),
  }));
  const store = inMemory();
  store.keep(recordOf("a@x", 0, { ...refused, trace, messages }));
  const [[kept] = []] = store.find({ kind: "last" });
  assert.equal(kept?.messages[0]?.text[0], "A");
  assert.equal(kept?.messages.at(-1)?.text[0], "T");
  assert.equal((kept?.messages.length ?? 0) + (kept?.droppedCount ?? 0), 20);
  assert.ok(store.counters().sizeBytes <= 65_536 + 100);
});

test("events with long values fit too, and the reason for the refusal stays whole", () => {
  const trace = new Trace(START_MS);
  const long = "x".repeat(1024);
  for (let event = 0; event < 255; event += 1) {
    trace.add("request-received", START_MS + event, long, long, long);
  }
  trace.refuse(because("user-unknown", 404, { aor: long, domain: "example.org" }), START_MS + 900);
  const store = inMemory();
  store.keep(recordOf("a@x", 0, { ...refused, trace }));
  const [[kept] = []] = store.find({ kind: "last" });
  const last = eventsOf(START_MS, kept?.values ?? []).at(-1);
  assert.ok(last?.kind === "refused" && last.evidence.includes("example.org"));
  assert.ok((kept?.droppedCount ?? 0) > 0);
});

test("text that is not latin1 (a message of the system's) is kept as it is", () => {
  const store = inMemory();
  store.keep(recordOf("a@x", 0, { ...refused, to: "sip:Привет@example.org" }));
  assert.equal(store.find({ kind: "last" })[0]?.[0]?.to, "sip:Привет@example.org");
});

test("a folder that cannot be written costs records and is counted; nothing is thrown", async (context) => {
  const folder = folderFor(context);
  const store = createCaseStore({ folder, nowMs: () => START_MS });
  rmSync(join(folder, "cases"), { recursive: true });
  store.keep(recordOf("a@x", 0, refused));
  await store.flush();
  assert.equal(store.counters().dropped, 1);
  await store.close();
});

test("what no disk took can be asked about while the server runs, and later cases find room again", async (context) => {
  const folder = folderFor(context);
  const store = createCaseStore({ folder, nowMs: () => START_MS });
  rmSync(join(folder, "cases"), { recursive: true });
  store.keep(recordOf("full@x", 0, refused));
  await store.flush();
  assert.deepEqual(callIdsOf(store.find({ kind: "last" })), ["full@x"]);
  mkdirSync(join(folder, "cases"));
  store.keep(recordOf("room@x", 10, refused));
  await store.flush();
  assert.deepEqual(callIdsOf(store.find({ kind: "call", callId: "full@x" })), ["full@x"]);
  await store.close();
  const next = createCaseStore({ folder, nowMs: () => START_MS });
  assert.deepEqual(callIdsOf(next.find({ kind: "last" })), ["room@x"]);
  assert.deepEqual(next.find({ kind: "call", callId: "full@x" }), []);
  await next.close();
});

test("of the batches that no disk takes the latest sixteen are held, and no more", async (context) => {
  const folder = folderFor(context);
  const store = createCaseStore({ folder, nowMs: () => START_MS });
  rmSync(join(folder, "cases"), { recursive: true });
  for (let count = 0; count < 18; count += 1) {
    store.keep(recordOf(`${count}@x`, count, refused));
    // One batch each.
    // oxlint-disable-next-line no-await-in-loop
    await store.flush();
  }
  const isThere = (callId: string): boolean => store.find({ kind: "call", callId }).length === 1;
  assert.equal(isThere("1@x"), false);
  assert.equal(isThere("2@x"), true);
  assert.equal(isThere("17@x"), true);
  assert.equal(store.counters().dropped, 18);
  await store.close();
});
