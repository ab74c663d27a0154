/**
 * What the embedded stores cost: look-ups in directory and location, and bindings written in bursts.
 * `node bench/location/lmdb.bench.ts [users]`
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lmdbDirectory, type Subscriber } from "../../src/directory/index.ts";
import { lmdbLocationStore, type Binding } from "../../src/location/index.ts";
import type { Aor } from "../../src/message/index.ts";

const USERS = Number(process.argv[2] ?? 100_000);
const ROUNDS = 5;
const READS_PER_ROUND = 200_000;
const WRITES_PER_ROUND = 20_000;
/** A prime, so that the walk jumps about the tree as calls do. */
const STRIDE = 7_919;
const NOW_MS = 1_700_000_000_000;

const folder = mkdtempSync(join(tmpdir(), "nexthop-bench-"));
const aors = Array.from({ length: USERS }, (_, at) => `sip:user${at}@example.org` as Aor);
const aorAt = (index: number): Aor => aors[(index * STRIDE) % USERS] as Aor;
const nobodyAt = (index: number): Aor => `sip:nobody${index % USERS}@example.org` as Aor;

function subscriberAt(at: number): Subscriber {
  const ha1 = {
    "SHA-512-256": at.toString(16).padStart(64, "0"),
    "SHA-256": at.toString(16).padStart(64, "1"),
    MD5: at.toString(16).padStart(32, "2"),
  };
  const credential = { realm: "example.org", ha1, ha1OfAddress: ha1 };
  return { kind: "subscriber", aor: aors[at] as Aor, credential };
}

function bindingAt(at: number, cseq: number): Binding {
  return {
    contactUri: `sip:user${at}@192.0.2.${at % 250}:5060;transport=udp;ob`,
    callId: `${at}-7f3a09c1-4b2e-4d8a-9c01-e2b7aa10`,
    cseq,
    qMilli: 1000,
    expiresAtMs: NOW_MS + 3_600_000,
    updatedAtMs: NOW_MS,
    path: [],
    source: `udp:192.0.2.${at % 250}:5060`,
  };
}

/** The best of some rounds, in µs each: wall time and CPU of all threads. */
async function measure(
  name: string,
  count: number,
  run: (round: number) => Promise<void> | void,
): Promise<void> {
  let wall = Infinity;
  let cpu = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    const startMs = performance.now();
    await run(round);
    wall = Math.min(wall, ((performance.now() - startMs) * 1000) / count);
    const used = process.cpuUsage(before);
    cpu = Math.min(cpu, (used.user + used.system) / count);
  }
  const figures = `${wall.toFixed(2).padStart(8)} µs, CPU ${cpu.toFixed(2).padStart(7)} µs`;
  process.stdout.write(`${name.padEnd(44)}${figures}\n`);
}

const directory = lmdbDirectory({ folder });
const location = lmdbLocationStore({ folder });
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

await measure(`directory.put, ${USERS} at once`, USERS, () =>
  directory.put(aors.map((_, at) => subscriberAt(at))),
);
await measure("directory.find, there", READS_PER_ROUND, () => {
  for (let at = 0; at < READS_PER_ROUND; at += 1) void directory.find(aorAt(at));
});
await measure("directory.find, not there", READS_PER_ROUND, () => {
  for (let at = 0; at < READS_PER_ROUND; at += 1) void directory.find(nobodyAt(at));
});

const versions = new Map<number, number>();
let written = 0;
async function writeBurst(size: number): Promise<void> {
  const writes: Promise<unknown>[] = [];
  for (let each = 0; each < size; each += 1) {
    const at = (written * STRIDE) % USERS;
    written += 1;
    const version = versions.get(at) ?? 0;
    versions.set(at, version + 1);
    const replaced = location.replace(aors[at] as Aor, version, [bindingAt(at, version)], NOW_MS);
    writes.push(Promise.resolve(replaced));
  }
  await Promise.all(writes);
}
async function writeBursts(size: number, count: number): Promise<void> {
  for (let each = 0; each < count; each += size) await writeBurst(size);
}

for (let from = 0; from < USERS; from += 500) await writeBurst(Math.min(500, USERS - from));
for (const size of [1, 4, 20, 200]) {
  const count = size === 1 ? WRITES_PER_ROUND / 4 : WRITES_PER_ROUND;
  await measure(`location.replace, ${size} a turn`, count, () => writeBursts(size, count));
}
await new Promise((resolve) => setTimeout(resolve, 1_000));
await measure("location.lookup, there", READS_PER_ROUND, () => {
  for (let at = 0; at < READS_PER_ROUND; at += 1) void location.lookup(aorAt(at), NOW_MS);
});
await measure("location.lookup, not there", READS_PER_ROUND, () => {
  for (let at = 0; at < READS_PER_ROUND; at += 1) void location.lookup(nobodyAt(at), NOW_MS);
});
await measure("a turn with one find and one lookup", 20_000, async () => {
  for (let at = 0; at < 20_000; at += 1) {
    void directory.find(aorAt(at));
    void location.lookup(aorAt(at), NOW_MS);
    await nextTurn();
  }
});
await measure("a turn without", 20_000, async () => {
  for (let at = 0; at < 20_000; at += 1) await nextTurn();
});

await location.close();
await directory.close();
rmSync(folder, { recursive: true, force: true });
