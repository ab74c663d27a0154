import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { openLmdb } from "../lmdb/index.ts";
import type { Aor } from "../message/index.ts";
import { locationConformance } from "./conformance.ts";
import { lmdbLocationStore } from "./lmdb.ts";
import { LAPSED_KEPT_MS, type Binding } from "./store.ts";

const root = mkdtempSync(join(tmpdir(), "nexthop-location-"));
after(() => rmSync(root, { recursive: true, force: true }));
let count = 0;
let last = "";
const freshFolder = (): string => (last = join(root, String((count += 1))));

for (const durability of ["process", "fsync"] as const) {
  locationConformance({
    test: (name, run) => test(`${durability}: ${name}`, run),
    open: async () => lmdbLocationStore({ folder: freshFolder(), durability }),
    reopen: async () => lmdbLocationStore({ folder: last, durability }),
    supports: { durable: true, sharedBetweenMachines: false },
  });
}

const alice = "sip:alice@example.org" as Aor;
const binding: Binding = {
  contactUri: "sip:alice@192.0.2.1",
  callId: "c1",
  cseq: 1,
  qMilli: 1000,
  expiresAtMs: 60_000,
  updatedAtMs: 0,
  path: [],
  source: "udp:192.0.2.1:5060",
};

test("a value that is not a record of ours is location-unreachable, and other AORs are well", async () => {
  const folder = freshFolder();
  const environment = openLmdb({ folder });
  const foreign = environment.database("location", { versions: true });
  await foreign.put(alice, Buffer.from("not ours"), 1);
  await foreign.put("sip:short@example.org", Buffer.from([1, 1]), 1);
  await foreign.put("sip:cut@example.org", Buffer.from([1, 1, 0, 0, 0, 9, 9, 9]), 1);
  const store = lmdbLocationStore({ folder, environment });
  const unreachable = { name: "ServerError", causeId: "location-unreachable" };
  for (const user of ["alice", "short", "cut"]) {
    const aor = `sip:${user}@example.org` as Aor;
    assert.throws(() => store.lookup(aor, 0), unreachable);
    assert.throws(() => store.replace(aor, 1, [binding], 0), unreachable);
  }
  const bob = "sip:bob@example.org" as Aor;
  await store.replace(bob, 0, [binding], 0);
  assert.deepEqual((await store.lookup(bob, 0)).bindings, [binding]);
  await store.close();
  await environment.close();
});

test("a file that is no store is store-unreadable, whatever is wrong with it", () => {
  const spoilt: readonly [name: string, spoil: (path: string) => void][] = [
    ["garbage", (path) => writeFileSync(path, Buffer.alloc(16_384, "garbage"))],
    ["short", (path) => writeFileSync(path, "garbage")],
    ["folder", (path) => mkdirSync(path)],
    ["locked", (path) => mkdirSync(`${path}-lock`)],
  ];
  for (const [name, spoil] of spoilt) {
    const folder = join(root, name);
    mkdirSync(folder);
    spoil(join(folder, "store.mdb"));
    const unreadable = { name: "ServerError", causeId: "store-unreadable" };
    assert.throws(() => lmdbLocationStore({ folder }), unreadable, name);
  }
});

test("only the owner can read the store: it holds what one can log in with", async () => {
  const folder = freshFolder();
  const store = lmdbLocationStore({ folder });
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(statSync(join(folder, "store.mdb")).mode & 0o777, 0o600);
  await store.close();
});

test("AORs that died long ago are given back while others are written", async () => {
  const folder = freshFolder();
  let store = lmdbLocationStore({ folder });
  const dead = Array.from({ length: 50 }, (_, at) => `sip:a${at}@example.org` as Aor);
  await Promise.all(dead.map((aor) => Promise.resolve(store.replace(aor, 0, [binding], 0))));
  await store.close();
  const laterMs = 60_000 + LAPSED_KEPT_MS;
  const alive = { ...binding, expiresAtMs: laterMs + 1_000 };
  store = lmdbLocationStore({ folder });
  const young = Array.from({ length: 60 }, (_, at) => `sip:z${at}@example.org` as Aor);
  await Promise.all(young.map((aor) => Promise.resolve(store.replace(aor, 0, [alive], laterMs))));
  await store.close();
  store = lmdbLocationStore({ folder });
  // A version of 0 says that nothing is kept any more.
  for (const aor of dead) assert.equal((await store.lookup(aor, laterMs)).version, 0);
  for (const aor of young) assert.equal((await store.lookup(aor, laterMs)).version, 1);
  await store.close();
});

test("what was acknowledged in a burst goes into LMDB by itself, and its logs go away", async () => {
  const folder = freshFolder();
  const environment = openLmdb({ folder });
  const store = lmdbLocationStore({ folder, environment });
  const database = environment.database("location", { versions: true });
  const aors = Array.from({ length: 6_000 }, (_, at) => `sip:u${at}@example.org` as Aor);
  for (let from = 0; from < aors.length; from += 500) {
    const slice = aors.slice(from, from + 500);
    await Promise.all(slice.map((aor) => Promise.resolve(store.replace(aor, 0, [binding], 0))));
  }
  const areStored = (): boolean =>
    aors.every((aor) => database.doesExist(aor)) &&
    readdirSync(folder).every((name) => !name.endsWith(".log"));
  while (!areStored()) await setImmediate();
  await store.close();
  await environment.close();
});

test("a second process reads and a second handle writes while the first works", async () => {
  const folder = freshFolder();
  const first = lmdbLocationStore({ folder });
  await first.replace(alice, 0, [binding], 0);
  const second = lmdbLocationStore({ folder });
  // What the first has only in its log is seen, too, and stays its own.
  assert.deepEqual((await second.lookup(alice, 0)).bindings, [binding]);
  await second.close();
  await first.replace(alice, 1, [{ ...binding, cseq: 2 }], 0);
  await first.close();
  const third = lmdbLocationStore({ folder });
  assert.deepEqual((await third.lookup(alice, 0)).bindings, [{ ...binding, cseq: 2 }]);
  await third.close();
});
