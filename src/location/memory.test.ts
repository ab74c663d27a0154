import assert from "node:assert/strict";
import { test } from "node:test";
import type { Aor } from "../message/index.ts";
import { locationConformance } from "./conformance.ts";
import { memoryLocationStore } from "./memory.ts";
import { LAPSED_KEPT_MS, type Binding } from "./store.ts";

locationConformance({
  test,
  open: async () => memoryLocationStore(),
  supports: { durable: false, sharedBetweenMachines: false },
});

test("AORs that died long ago are given back while others are written", async () => {
  const store = memoryLocationStore();
  const binding: Binding = {
    contactUri: "sip:a@192.0.2.1",
    callId: "c1",
    cseq: 1,
    qMilli: 1000,
    expiresAtMs: 1_000,
    updatedAtMs: 0,
    path: [],
    source: "udp:192.0.2.1:5060",
  };
  for (let at = 0; at < 50; at += 1) await store.replace(`sip:old${at}@x` as Aor, 0, [binding], 0);
  const laterMs = 1_000 + LAPSED_KEPT_MS;
  for (let at = 0; at < 100; at += 1) {
    const alive = { ...binding, expiresAtMs: laterMs + 1_000 };
    await store.replace(`sip:new${at}@x` as Aor, 0, [alive], laterMs);
  }
  // A version of 0 says that nothing is kept any more.
  assert.equal((await store.lookup("sip:old0@x" as Aor, laterMs)).version, 0);
  assert.equal((await store.lookup("sip:old49@x" as Aor, laterMs)).version, 0);
  assert.equal((await store.lookup("sip:new0@x" as Aor, laterMs)).version, 1);
});
