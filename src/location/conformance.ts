import assert from "node:assert/strict";
import type { Aor } from "../message/index.ts";
import {
  LAPSED_KEPT_MS,
  LAPSED_LIMIT,
  type Binding,
  type Held,
  type LocationStore,
  type LocationSupport,
} from "./store.ts";

export interface LocationConformanceOptions {
  /** `test` of node:test, or anything called the same way. */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /** A fresh, empty store. */
  readonly open: () => Promise<LocationStore>;
  /** The store that was opened last, again, after its `close`. Only where the data lasts. */
  readonly reopen?: () => Promise<LocationStore>;
  /** The store that was opened last, from another machine. Only where machines share it. */
  readonly openElsewhere?: () => Promise<LocationStore>;
  readonly supports: LocationSupport;
}

const alice = "sip:alice@example.org" as Aor;
const bob = "sip:bob@example.org" as Aor;

const desk: Binding = {
  contactUri: "sip:alice@192.0.2.1:5060",
  callId: "c1@192.0.2.1",
  cseq: 7,
  qMilli: 1000,
  expiresAtMs: 5_000,
  updatedAtMs: 0,
  path: [],
  source: "udp:192.0.2.1:5060",
};
const mobile: Binding = { ...desk, contactUri: "sip:alice@192.0.2.2", expiresAtMs: 9_000 };

const uris = (bindings: readonly Binding[]): string[] =>
  bindings.map((binding) => binding.contactUri);

/** The contract of {@link LocationStore}, as tests. Every backend runs it; so may yours. */
export function locationConformance(options: LocationConformanceOptions): void {
  const { test, open, reopen, openElsewhere, supports } = options;
  const holds = (name: string, run: (store: LocationStore) => Promise<void>): unknown =>
    test(name, async () => {
      const store = await open();
      try {
        await run(store);
      } finally {
        await store.close();
      }
    });

  holds("the backend promises what its suite was told", async (store) => {
    assert.deepEqual({ ...store.supports }, { ...supports });
  });

  holds("an AOR that nobody bound has version 0 and nothing", async (store) => {
    assert.deepEqual(await store.lookup(alice, 0), { version: 0, bindings: [], lapsed: [] });
  });

  holds("a binding is found until the millisecond it expires (RFC 3261 §10.3)", async (store) => {
    await store.replace(alice, 0, [desk], 0);
    assert.deepEqual((await store.lookup(alice, 4_999)).bindings, [desk]);
    assert.deepEqual((await store.lookup(alice, 5_000)).bindings, []);
  });

  holds("everything of a binding comes back, in the order written", async (store) => {
    const odd: Binding = {
      contactUri: `sip:${bytesAsText(1, 255)}@192.0.2.1`,
      callId: bytesAsText(0, 255),
      cseq: 4_294_967_295,
      qMilli: 0,
      expiresAtMs: 1_893_456_000_000.125,
      updatedAtMs: 1_893_455_999_999.75,
      path: ["<sip:p1.example.org;lr>", "", `<sip:p2.example.org;lr;ob="\xff">`],
      source: "tcp:[2001:db8::1]:49152",
    };
    const many = Array.from({ length: 40 }, (_, at) => ({ ...odd, contactUri: `sip:a@h${at}` }));
    await store.replace(alice, 0, [odd, desk, ...many], 0);
    assert.deepEqual((await store.lookup(alice, 0)).bindings, [odd, desk, ...many]);
  });

  holds("a writing replaces all bindings of its AOR, and of no other", async (store) => {
    await store.replace(alice, 0, [desk], 0);
    await store.replace(bob, 0, [mobile], 0);
    await store.replace(alice, (await store.lookup(alice, 0)).version, [mobile], 0);
    assert.deepEqual((await store.lookup(alice, 0)).bindings, [mobile]);
    assert.deepEqual((await store.lookup(bob, 0)).bindings, [mobile]);
  });

  holds("of two who read the same version, one writes and the other sees it", async (store) => {
    const written = await store.replace(alice, 0, [desk], 0);
    assert.ok(written.kind === "written" && written.version > 0);
    const outcome = await store.replace(alice, 0, [mobile], 0);
    assert.ok(outcome.kind === "conflict");
    assert.deepEqual(outcome.held, { version: written.version, bindings: [desk], lapsed: [] });
    assert.deepEqual(await store.lookup(alice, 0), outcome.held);
  });

  holds("writers of one AOR at the same moment: exactly one gets through", async (store) => {
    const contacts = Array.from({ length: 8 }, (_, at) => ({
      ...desk,
      contactUri: `sip:a@h${at}`,
    }));
    const outcomes = await Promise.all(
      contacts.map((each) => Promise.resolve(store.replace(alice, 0, [each], 0))),
    );
    const winners = contacts.filter((_, at) => outcomes[at]?.kind === "written");
    assert.equal(winners.length, 1);
    assert.deepEqual((await store.lookup(alice, 0)).bindings, winners);
  });

  holds("writers of many AORs at the same moment all get through", async (store) => {
    const aors = Array.from({ length: 300 }, (_, at) => `sip:u${at}@example.org` as Aor);
    const outcomes = await Promise.all(
      aors.map((aor) => Promise.resolve(store.replace(aor, 0, [desk], 0))),
    );
    assert.ok(outcomes.every((outcome) => outcome.kind === "written"));
    for (const aor of aors) assert.deepEqual((await store.lookup(aor, 0)).bindings, [desk]);
  });

  holds("the version that a writing returns is the one that is then read", async (store) => {
    let version = 0;
    for (let round = 0; round < 5; round += 1) {
      const outcome = await store.replace(alice, version, [{ ...desk, cseq: round }], 0);
      assert.ok(outcome.kind === "written" && outcome.version > version);
      ({ version } = outcome);
      assert.equal((await store.lookup(alice, 0)).version, version);
    }
  });

  holds("a binding that expired is told as lapsed until it is too old", async (store) => {
    await store.replace(alice, 0, [desk, mobile], 0);
    assert.deepEqual((await store.lookup(alice, 5_000)).lapsed, [desk]);
    assert.deepEqual((await store.lookup(alice, 9_000)).lapsed, [mobile, desk]);
    assert.deepEqual((await store.lookup(alice, 5_000 + LAPSED_KEPT_MS)).lapsed, [mobile]);
    assert.deepEqual((await store.lookup(alice, 9_000 + LAPSED_KEPT_MS)).lapsed, []);
  });

  holds("a binding that was removed lapsed when it was removed", async (store) => {
    await store.replace(alice, 0, [desk, mobile], 0);
    await store.replace(alice, (await store.lookup(alice, 0)).version, [mobile], 1_000);
    const held = await store.lookup(alice, 1_000);
    assert.deepEqual(held.bindings, [mobile]);
    assert.deepEqual(held.lapsed, [{ ...desk, expiresAtMs: 1_000, updatedAtMs: 1_000 }]);
  });

  holds("a binding that came back is no longer told as lapsed", async (store) => {
    await store.replace(alice, 0, [desk], 0);
    const again = { ...desk, cseq: 8, expiresAtMs: 20_000 };
    await store.replace(alice, (await store.lookup(alice, 0)).version, [again], 10_000);
    const held = await store.lookup(alice, 10_000);
    assert.deepEqual([held.bindings, held.lapsed], [[again], []]);
  });

  holds("of many lapsed bindings the newest few are remembered", async (store) => {
    const contacts = Array.from({ length: LAPSED_LIMIT + 3 }, (_, at) => ({
      ...desk,
      contactUri: `sip:a@h${at}`,
      expiresAtMs: 1_000 + at,
    }));
    const newestFirst = uris(contacts.toReversed().slice(0, LAPSED_LIMIT));
    const { version } = writtenOf(await store.replace(alice, 0, contacts, 0));
    assert.deepEqual(uris((await store.lookup(alice, 9_000)).lapsed), newestFirst);
    await store.replace(alice, version, [], 9_000);
    assert.deepEqual(uris((await store.lookup(alice, 9_000)).lapsed), newestFirst);
  });

  holds("removing all bindings leaves none, and a version that goes on", async (store) => {
    const { version } = writtenOf(await store.replace(alice, 0, [desk], 0));
    await store.replace(alice, version, [], 100);
    const held = await store.lookup(alice, 100);
    assert.deepEqual(held.bindings, []);
    assert.ok(held.version > version);
  });

  holds("entries lists each AOR with a live binding once", async (store) => {
    await store.replace(alice, 0, [desk], 0);
    await store.replace(bob, 0, [mobile], 0);
    assert.deepEqual((await aorsOf(store, 0)).toSorted(), [alice, bob]);
    assert.deepEqual(await aorsOf(store, 5_000), [bob]);
    assert.deepEqual(await aorsOf(store, 9_000), []);
  });

  holds("an address too long for any backend is simply not bound", async (store) => {
    const long = `sip:${"x".repeat(60_000)}@example.org` as Aor;
    assert.deepEqual(await store.lookup(long, 0), { version: 0, bindings: [], lapsed: [] });
  });

  test("a closed store says so with location-unreachable, and closes twice", async () => {
    const store = await open();
    await store.replace(alice, 0, [desk], 0);
    await store.close();
    await store.close();
    const unreachable = { name: "ServerError", causeId: "location-unreachable" };
    await assert.rejects(async () => store.lookup(alice, 0), unreachable);
    await assert.rejects(async () => store.replace(bob, 0, [desk], 0), unreachable);
  });

  if (supports.durable) {
    test("bindings, lapsed ones and versions survive a restart", async () => {
      const store = await open();
      const { version } = writtenOf(await store.replace(alice, 0, [desk, mobile], 0));
      await store.replace(alice, version, [mobile], 1_000);
      const held: Held = await store.lookup(alice, 1_000);
      await store.close();
      assert.ok(reopen, "a durable store can be reopened");
      const again = await reopen();
      assert.deepEqual(await again.lookup(alice, 1_000), held);
      assert.equal((await again.replace(alice, version, [desk], 1_000)).kind, "conflict");
      await again.close();
    });
  } else {
    test("a store that does not promise to last offers no way to reopen", async () => {
      assert.equal(reopen, undefined);
    });
  }

  if (supports.sharedBetweenMachines) {
    test("what one machine binds, another finds, and two never overwrite each other", async () => {
      const here = await open();
      assert.ok(openElsewhere, "a shared store can be opened elsewhere");
      const there = await openElsewhere();
      await here.replace(alice, 0, [desk], 0);
      assert.deepEqual((await there.lookup(alice, 0)).bindings, [desk]);
      assert.equal((await there.replace(alice, 0, [mobile], 0)).kind, "conflict");
      await Promise.all([here.close(), there.close()]);
    });
  } else {
    test("a store of one machine offers no way to open it elsewhere", async () => {
      assert.equal(openElsewhere, undefined);
    });
  }
}

function bytesAsText(from: number, to: number): string {
  return String.fromCharCode(...Array.from({ length: to - from + 1 }, (_, at) => from + at));
}

function writtenOf(outcome: Awaited<ReturnType<LocationStore["replace"]>>): { version: number } {
  assert.ok(outcome.kind === "written");
  return outcome;
}

async function aorsOf(store: LocationStore, nowMs: number): Promise<string[]> {
  const aors: string[] = [];
  for await (const [aor, held] of store.entries(nowMs)) {
    assert.ok(held.bindings.length > 0);
    aors.push(aor);
  }
  return aors;
}
