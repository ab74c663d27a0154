/**
 * What keeping the records of a successful call costs: `node --expose-gc bench/explain/case-store.bench.ts`.
 * Prints CPU a call (INVITE, ACK, BYE) with and without a folder, and the heap each kept call retains.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCaseStore } from "../../src/server/case-store.ts";
import { caseIdOf, Trace, type TraceRecord } from "../../src/trace/index.ts";

const CALLS = 100_000;
const NOW_MS = Date.now();

function recordsOf(call: number): TraceRecord[] {
  const startedAtMs = NOW_MS - 60_000 + call;
  const callId = `${call.toString(16).padStart(24, "0")}@192.0.2.17`;
  const invite = new Trace(startedAtMs);
  const peer = "udp:192.0.2.17:5060";
  invite.add("request-received", startedAtMs, "INVITE", "sip:bob@example.org", peer);
  invite.add("domain-checked", startedAtMs + 0.02, "example.org", 1);
  invite.add("directory-looked-up", startedAtMs + 0.03, "sip:bob@example.org", 1);
  invite.add("location-looked-up", startedAtMs + 0.04, "sip:bob@example.org", 1, 0);
  invite.add("target-added", startedAtMs + 0.04, "sip:bob@192.0.2.33:5066", 1000, "location");
  invite.add(
    "branch-started",
    startedAtMs + 0.06,
    1,
    "sip:bob@192.0.2.33:5066",
    "udp:192.0.2.33:5066",
  );
  for (const [at, code, phrase] of [
    [1, 100, "Trying"],
    [40, 180, "Ringing"],
    [2000, 200, "OK"],
  ] as const) {
    invite.add("response-received", startedAtMs + at, 1, code, phrase, "udp:192.0.2.33:5066");
    if (code > 100) invite.add("response-sent", startedAtMs + at, code, phrase, "relayed", 1);
  }
  invite.add("ended", startedAtMs + 2000, 200);
  const bye = new Trace(startedAtMs + 9000);
  bye.add("request-received", startedAtMs + 9000, "BYE", "sip:bob@192.0.2.33:5066", peer);
  bye.add("dialog-token-valid", startedAtMs + 9000);
  bye.add(
    "branch-started",
    startedAtMs + 9000,
    1,
    "sip:bob@192.0.2.33:5066",
    "udp:192.0.2.33:5066",
  );
  bye.add("response-received", startedAtMs + 9001, 1, 200, "OK", "udp:192.0.2.33:5066");
  bye.add("response-sent", startedAtMs + 9001, 200, "OK", "relayed", 1);
  const ack = new Trace(startedAtMs + 2010);
  ack.add("request-received", startedAtMs + 2010, "ACK", "sip:bob@192.0.2.33:5066", peer);
  ack.add(
    "request-sent",
    startedAtMs + 2010,
    1,
    "ACK",
    "sip:bob@192.0.2.33:5066",
    "udp:192.0.2.33:5066",
  );
  const common = {
    caseId: caseIdOf(callId),
    callId,
    requestUri: "sip:bob@example.org",
    from: "sip:alice@example.org",
    to: "sip:bob@example.org",
    peer,
    causeId: "",
    droppedCount: 0,
    messages: [],
    timers: [],
  };
  return [
    {
      ...common,
      method: "INVITE",
      startedAtMs,
      endedAtMs: startedAtMs + 2000,
      statusCode: 200,
      values: invite.values,
    },
    {
      ...common,
      method: "ACK",
      startedAtMs: startedAtMs + 2010,
      endedAtMs: startedAtMs + 2010,
      statusCode: 0,
      values: ack.values,
    },
    {
      ...common,
      method: "BYE",
      startedAtMs: startedAtMs + 9000,
      endedAtMs: startedAtMs + 9001,
      statusCode: 200,
      values: bye.values,
    },
  ];
}

const collect = (globalThis as { gc?: () => void }).gc ?? (() => undefined);

async function measure(name: string, folder: string | undefined): Promise<void> {
  const store = createCaseStore({ folder, nowMs: () => NOW_MS });
  const pool = Array.from({ length: 2000 }, (_, call) => recordsOf(call));
  for (const records of pool) for (const record of records) store.keep(record);
  await store.flush();
  collect();
  const heapBefore = process.memoryUsage().heapUsed;
  const outsideBefore = process.memoryUsage().arrayBuffers;
  let cpuMicros = 0;
  for (let done = 0; done < CALLS; done += pool.length) {
    const before = process.cpuUsage();
    for (const [call, records] of pool.entries()) {
      for (const record of records) store.keep(record);
      // As a server does: the event loop turns now and then, and files get written.
      if (call % 100 === 0) await new Promise((turned) => setImmediate(turned));
    }
    const { user, system } = process.cpuUsage(before);
    cpuMicros += user + system;
  }
  collect();
  const { records, sizeBytes, dropped } = store.counters();
  const memory = process.memoryUsage();
  console.log(
    `${name}: ${(cpuMicros / CALLS).toFixed(2)} µs of CPU a call (3 records), kept ${records} records in ` +
      `${(sizeBytes / records).toFixed(0)} bytes each, heap ${((memory.heapUsed - heapBefore) / records).toFixed(1)} and ` +
      `off heap ${((memory.arrayBuffers - outsideBefore) / records).toFixed(1)} bytes a record, dropped ${dropped}`,
  );
  const beforeFind = performance.now();
  store.find({ kind: "last" });
  console.log(
    `  --last among ${records} records: ${(performance.now() - beforeFind).toFixed(1)} ms`,
  );
  await store.close();
}

const folder = mkdtempSync(join(tmpdir(), "nexthop-bench-"));
await measure("in memory", undefined);
await measure("in files", folder);
const opened = performance.now();
const again = createCaseStore({ folder, nowMs: () => NOW_MS, readOnly: true });
again.find({ kind: "case", caseId: "00000000" });
console.log(`opened again and indexed in ${(performance.now() - opened).toFixed(0)} ms`);
await again.close();
rmSync(folder, { recursive: true });
