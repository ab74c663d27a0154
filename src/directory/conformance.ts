import assert from "node:assert/strict";
import type { Aor } from "../message/index.ts";
import type {
  Alias,
  Credential,
  Directory,
  DirectoryEntry,
  DirectorySupport,
  Subscriber,
} from "./directory.ts";

export interface DirectoryConformanceOptions {
  /** `test` of node:test, or anything called the same way. */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /** A fresh, empty directory. */
  readonly open: () => Promise<Directory>;
  /** The directory that was opened last, again, after its `close`. Only where the data lasts. */
  readonly reopen?: () => Promise<Directory>;
  /** The directory that was opened last, from another machine. Only where machines share it. */
  readonly openElsewhere?: () => Promise<Directory>;
  readonly supports: DirectorySupport;
}

const credential: Credential = {
  realm: "example.org",
  ha1: { "SHA-512-256": "a1".repeat(32), "SHA-256": "b2".repeat(32), MD5: "c3".repeat(16) },
};
const alice: Subscriber = {
  kind: "subscriber",
  aor: "sip:alice@example.org" as Aor,
  credential,
};
const sales: Alias = {
  kind: "alias",
  aor: "sip:sales@example.org" as Aor,
  target: "sip:alice@example.org",
};

/** The contract of {@link Directory}, as tests. Every backend runs it; so may yours. */
export function directoryConformance(options: DirectoryConformanceOptions): void {
  const { test, open, reopen, openElsewhere, supports } = options;
  const holds = (name: string, run: (directory: Directory) => Promise<void>): unknown =>
    test(name, async () => {
      const directory = await open();
      try {
        await run(directory);
      } finally {
        await directory.close();
      }
    });

  holds("the backend promises what its suite was told", async (directory) => {
    assert.deepEqual({ ...directory.supports }, { ...supports });
  });

  holds("who was never put is not found", async (directory) => {
    assert.equal(await directory.find(alice.aor), undefined);
    assert.deepEqual(await listOf(directory), []);
  });

  holds("subscribers and aliases are found by their AOR as they were put", async (directory) => {
    await directory.put([alice, sales]);
    assert.deepEqual(await directory.find(alice.aor), alice);
    assert.deepEqual(await directory.find(sales.aor), sales);
    assert.deepEqual(await listOf(directory, "subscriber"), [alice]);
    assert.deepEqual(await listOf(directory, "alias"), [sales]);
    assert.equal((await listOf(directory)).length, 2);
    assert.equal(await directory.find("sip:alic@example.org" as Aor), undefined);
    assert.equal(await directory.find("sip:alice@example.or" as Aor), undefined);
  });

  holds("every form of credential comes back", async (directory) => {
    const none = { ...alice, aor: "sip:none@example.org" as Aor, credential: undefined };
    const imported: Subscriber = {
      ...alice,
      aor: "sip:md5-only@example.org" as Aor,
      credential: { realm: "", ha1: { ...credential.ha1, "SHA-512-256": "", "SHA-256": "" } },
    };
    const address: Subscriber = {
      ...alice,
      aor: `sip:b${String.fromCharCode(0xfc)}@example.org` as Aor,
      credential: {
        ...credential,
        ha1OfAddress: {
          "SHA-512-256": "d4".repeat(32),
          "SHA-256": "e5".repeat(32),
          MD5: "f6".repeat(16),
        },
      },
    };
    const entries = [none, imported, address];
    await directory.put(entries);
    for (const entry of entries) assert.deepEqual(await directory.find(entry.aor), entry);
  });

  holds("a second put of an AOR replaces the first", async (directory) => {
    await directory.put([alice]);
    const changed = { ...alice, credential: { ...credential, realm: "other.example" } };
    await directory.put([changed]);
    assert.deepEqual(await directory.find(alice.aor), changed);
    assert.deepEqual(await listOf(directory), [changed]);
  });

  holds("an AOR is a subscriber or an alias, whichever was put last", async (directory) => {
    const alias: Alias = { kind: "alias", aor: alice.aor, target: "sip:a@elsewhere.example" };
    await directory.put([alice]);
    await directory.put([alias]);
    assert.deepEqual(await directory.find(alice.aor), alias);
    assert.deepEqual(await listOf(directory), [alias]);
    await directory.put([alice]);
    assert.deepEqual(await directory.find(alice.aor), alice);
    assert.deepEqual(await listOf(directory), [alice]);
  });

  holds("of two entries for one AOR in one put, the later holds", async (directory) => {
    const later = { ...alice, credential: undefined };
    await directory.put([alice, later]);
    assert.deepEqual(await directory.find(alice.aor), later);
  });

  holds("removing tells whether it was there", async (directory) => {
    await directory.put([alice, sales]);
    assert.equal(await directory.remove(alice.aor), true);
    assert.equal(await directory.find(alice.aor), undefined);
    assert.equal(await directory.remove(alice.aor), false);
    assert.equal(await directory.remove(sales.aor), true);
    assert.deepEqual(await listOf(directory), []);
  });

  holds("size, where it is known, counts subscribers and not aliases", async (directory) => {
    const sizes: (number | undefined)[] = [];
    const note = (): unknown => sizes.push(directory.size);
    note();
    await directory.put([alice, sales]);
    note();
    await directory.put([alice, { ...alice, aor: "sip:bob@example.org" as Aor }]);
    note();
    await directory.put([{ ...sales, aor: alice.aor }]);
    note();
    await directory.remove(sales.aor);
    await directory.remove("sip:bob@example.org" as Aor);
    note();
    const known = directory.size !== undefined;
    assert.deepEqual(sizes, known ? [0, 1, 2, 1, 0] : sizes.map(() => undefined));
  });

  holds("ten thousand go in while the event loop turns", async (directory) => {
    const many = Array.from({ length: 10_000 }, (_, at): Subscriber => {
      return { ...alice, aor: `sip:u${at}@example.org` as Aor };
    });
    let turns = 0;
    let isDone = false;
    const turn = (): void => {
      turns += 1;
      if (!isDone) setImmediate(turn);
    };
    setImmediate(turn);
    await directory.put(many);
    isDone = true;
    assert.deepEqual(await directory.find(many[9_999]?.aor ?? alice.aor), many[9_999]);
    assert.equal((await listOf(directory)).length, 10_000);
    if (directory.supports.durable) assert.ok(turns >= 10, `${turns} turns`);
  });

  holds("an address too long for any backend simply does not exist", async (directory) => {
    const long = `sip:${"x".repeat(60_000)}@example.org` as Aor;
    assert.equal(await directory.find(long), undefined);
    assert.equal(await directory.remove(long), false);
  });

  test("a closed directory says so with directory-unreachable, and closes twice", async () => {
    const directory = await open();
    await directory.put([alice]);
    await directory.close();
    await directory.close();
    const unreachable = { name: "ServerError", causeId: "directory-unreachable" };
    await assert.rejects(async () => directory.find(alice.aor), unreachable);
    await assert.rejects(async () => directory.put([alice]), unreachable);
    await assert.rejects(async () => directory.remove(alice.aor), unreachable);
  });

  if (supports.durable) {
    test("entries survive a restart, and so does their count", async () => {
      const directory = await open();
      await directory.put([alice, sales]);
      const { size } = directory;
      await directory.close();
      assert.ok(reopen, "a durable directory can be reopened");
      const again = await reopen();
      assert.deepEqual(await again.find(alice.aor), alice);
      assert.deepEqual(await again.find(sales.aor), sales);
      assert.equal(again.size, size);
      await again.close();
    });
  } else {
    test("a directory that does not promise to last offers no way to reopen", async () => {
      assert.equal(reopen, undefined);
    });
  }

  if (supports.sharedBetweenMachines) {
    test("what one machine puts, another finds", async () => {
      const here = await open();
      assert.ok(openElsewhere, "a shared directory can be opened elsewhere");
      const there = await openElsewhere();
      await here.put([alice]);
      assert.deepEqual(await there.find(alice.aor), alice);
      await Promise.all([here.close(), there.close()]);
    });
  } else {
    test("a directory of one machine offers no way to open it elsewhere", async () => {
      assert.equal(openElsewhere, undefined);
    });
  }
}

async function listOf(
  directory: Directory,
  kind?: DirectoryEntry["kind"],
): Promise<DirectoryEntry[]> {
  const entries: DirectoryEntry[] = [];
  for await (const entry of directory.entries(kind)) entries.push(entry);
  return entries;
}
