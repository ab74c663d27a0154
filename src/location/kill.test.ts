import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Aor } from "../message/index.ts";
import { lmdbLocationStore } from "./lmdb.ts";
import type { Durability } from "./pending-writes.ts";
import type { Binding } from "./store.ts";

// This file is also the process that gets killed: it binds without end, and names on stdout what was acknowledged.
const [, , role, folder = "", durability = "process"] = process.argv;

const WRITERS = 40;
/** The last one runs over several storings into LMDB. */
const KILLED_AFTER = [
  ["process", 1],
  ["process", 300],
  ["process", 60_000],
  ["fsync", 300],
] as const;

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
  const store = lmdbLocationStore({ folder, durability: durability as Durability });
  const writeForEver = async (writer: number): Promise<void> => {
    for (let cseq = 1; ; cseq += 1) {
      const outcome = await store.replace(aorOf(writer), cseq - 1, [bindingOf(writer, cseq)], 0);
      assert.equal(outcome.kind, "written");
      // Not before the line has left: a store that answers at once would fill the memory with lines.
      await new Promise((resolve) => {
        process.stdout.write(`${writer} ${cseq}\n`, resolve);
      });
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => writeForEver(writer)));
} else {
  for (const [lasting, lines] of KILLED_AFTER) {
    test(`kill -9 after ${lines} acknowledged bindings (${lasting}) loses none of them`, async () => {
      const killed = mkdtempSync(join(tmpdir(), "nexthop-kill-"));
      try {
        const acknowledged = await acknowledgedBeforeKill(killed, lasting, lines);
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

async function acknowledgedBeforeKill(
  into: string,
  lasting: Durability,
  lines: number,
): Promise<Map<number, number>> {
  const child = spawn(process.execPath, [import.meta.filename, "writes", into, lasting], {
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
