/**
 * Resident memory of the stores with many users and bindings, and how soon they are open again.
 * `node bench/memory/users.bench.ts [users]`
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentialOf } from "../../src/auth/index.ts";
import { lmdbDirectory, type Subscriber } from "../../src/directory/index.ts";
import { openLmdb } from "../../src/lmdb/index.ts";
import { lmdbLocationStore } from "../../src/location/index.ts";
import type { Aor } from "../../src/message/index.ts";

const SLICE = 1_000;
const NOW_MS = 1_700_000_000_000;
const [, , role = "100000", given = ""] = process.argv;

function rss(): string {
  const status = readFileSync("/proc/self/status", "latin1");
  const megabytes = (name: string): string => {
    const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? "0";
    return `${name} ${(Number(kilobytes) / 1024).toFixed(0)} MB`;
  };
  return `${megabytes("RssAnon")}, ${megabytes("RssFile")}`;
}

function say(name: string, figures: string): void {
  process.stdout.write(`${name.padEnd(32)}${figures}\n`);
}

const aorAt = (at: number): Aor => `sip:user${at}@example.org` as Aor;

if (role === "reopen") {
  const startMs = performance.now();
  const environment = openLmdb({ folder: given });
  const directory = lmdbDirectory({ folder: given, environment });
  const location = lmdbLocationStore({ folder: given, environment });
  const held = await location.lookup(aorAt(0), NOW_MS);
  say("open again and first look-up", `${(performance.now() - startMs).toFixed(0)} ms`);
  say("", `${directory.size} users, ${held.bindings.length} binding, ${rss()}`);
  const walkMs = performance.now();
  let bindings = 0;
  for (let at = 0; at < (directory.size ?? 0); at += 1) {
    void directory.find(aorAt(at));
    const each = await location.lookup(aorAt(at), NOW_MS);
    bindings += each.bindings.length;
  }
  say("each looked up once", `${(performance.now() - walkMs).toFixed(0)} ms, ${rss()}`);
  say("", `${bindings} bindings`);
  const listMs = performance.now();
  let listed = 0;
  for await (const entry of directory.entries()) listed += entry.aor.length > 0 ? 1 : 0;
  say(`${listed} listed`, `${(performance.now() - listMs).toFixed(0)} ms, ${rss()}`);
  await location.close();
  await directory.close();
  await environment.close();
} else {
  const users = Number(role);
  const folder = mkdtempSync(join(tmpdir(), "nexthop-memory-"));
  try {
    await fill(folder, users);
    const again = [import.meta.filename, "reopen", folder];
    process.stdout.write(spawnSync(process.execPath, again, { encoding: "utf8" }).stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(folder: string, users: number): Promise<void> {
  say("empty process", rss());
  const environment = openLmdb({ folder });
  const directory = lmdbDirectory({ folder, environment });
  const location = lmdbLocationStore({ folder, environment });
  const subscribersMs = performance.now();
  for (let from = 0; from < users; from += SLICE) {
    const slice = Array.from({ length: Math.min(SLICE, users - from) }, (_, at): Subscriber => {
      const credential = credentialOf(`user${from + at}`, "example.org", `password${from + at}`);
      return { kind: "subscriber", aor: aorAt(from + at), credential };
    });
    await directory.put(slice);
  }
  say(`${users} users put`, `${(performance.now() - subscribersMs).toFixed(0)} ms, ${rss()}`);
  const bindingsMs = performance.now();
  for (let from = 0; from < users; from += SLICE) {
    const size = Math.min(SLICE, users - from);
    await Promise.all(Array.from({ length: size }, (_, at) => bind(from + at)));
  }
  say(`${users} bindings written`, `${(performance.now() - bindingsMs).toFixed(0)} ms, ${rss()}`);
  await location.close();
  await directory.close();
  await environment.close();
  say(
    "closed",
    `${(statSync(join(folder, "store.mdb")).size / 2 ** 20).toFixed(0)} MB file, ${rss()}`,
  );

  function bind(at: number): Promise<unknown> {
    const contactUri = `sip:user${at}@192.0.2.${at % 250}:5060;transport=udp;ob`;
    const binding = {
      contactUri,
      callId: `${at}-7f3a09c1-4b2e-4d8a-9c01-e2b7aa10`,
      cseq: 1,
      qMilli: 1000,
      expiresAtMs: NOW_MS + 3_600_000,
      updatedAtMs: NOW_MS,
      path: [],
      source: `udp:192.0.2.${at % 250}:5060`,
    };
    return Promise.resolve(location.replace(aorAt(at), 0, [binding], NOW_MS));
  }
}
