import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Aor } from "../message/index.ts";
import { lmdbLocationStore } from "./lmdb.ts";
import type { Binding } from "./store.ts";

// This file is also the process that gets killed: it binds without end, and names on stdout what was acknowledged.
const [, , role, folder = ""] = process.argv;

const WRITERS = 40;
/** The last one runs over several storings into LMDB. */
const KILLED_AFTER = [1, 300, 60_000] as const;

const aorOf = (writer: number): Aor => `sip:u${writer}@example.org` as Aor;
const bindingOf = (writer: number, cseq: number): Binding => ({
  contactUri: `sip:u${writer}@192.0.2.1`,
  callId: "c1",
  cseq,
  qMilli: 1000,
  expiresAtMs: 1_000_000,
  updatedAtMs: 0,
  path: [],
  source: "udp:192.0.2.1:5060",
});

if (role === "writes") {
  const store = lmdbLocationStore({ folder });
  const writeForEver = async (writer: number): Promise<void> => {
    for (let cseq = 1; ; cseq += 1) {
      const outcome = await store.replace(aorOf(writer), cseq - 1, [bindingOf(writer, cseq)], 0);
      assert.equal(outcome.kind, "written");
      process.stdout.write(`${writer} ${cseq}\n`);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => writeForEver(writer)));
} else {
  for (const lines of KILLED_AFTER) {
    test(`kill -9 after ${lines} acknowledged bindings loses none of them`, async () => {
      const killed = mkdtempSync(join(tmpdir(), "nexthop-kill-"));
      try {
        const acknowledged = await acknowledgedBeforeKill(killed, lines);
        assert.ok(acknowledged.size > 0);
        for (const opening of ["first", "second"]) {
          const store = lmdbLocationStore({ folder: killed });
          for (const [writer, cseq] of acknowledged) {
            const [binding] = (await store.lookup(aorOf(writer), 1)).bindings;
            // One more may have been written and not yet told.
            assert.ok(
              binding !== undefined && binding.cseq >= cseq,
              `${opening}: ${writer} ${cseq}`,
            );
            assert.deepEqual(binding, bindingOf(writer, binding.cseq));
          }
          await store.close();
        }
      } finally {
        rmSync(killed, { recursive: true, force: true });
      }
    });
  }
}

async function acknowledgedBeforeKill(into: string, lines: number): Promise<Map<number, number>> {
  const child = spawn(process.execPath, [import.meta.filename, "writes", into], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  let seen = 0;
  child.stdout.setEncoding("latin1").on("data", (chunk: string) => {
    text += chunk;
    seen += chunk.split("\n").length - 1;
    if (seen >= lines) child.kill("SIGKILL");
  });
  const [, signal] = await once(child, "close");
  assert.equal(signal, "SIGKILL");
  const acknowledged = new Map<number, number>();
  for (const line of text.slice(0, text.lastIndexOf("\n")).split("\n")) {
    const [writer, cseq] = line.split(" ").map(Number);
    if (writer !== undefined && cseq !== undefined) acknowledged.set(writer, cseq);
  }
  return acknowledged;
}
