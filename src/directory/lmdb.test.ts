import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openLmdb } from "../lmdb/index.ts";
import type { Aor } from "../message/index.ts";
import { directoryConformance } from "./conformance.ts";
import type { Subscriber } from "./directory.ts";
import { lmdbDirectory } from "./lmdb.ts";

const root = mkdtempSync(join(tmpdir(), "nexthop-directory-"));
after(() => rmSync(root, { recursive: true, force: true }));
let count = 0;
let last = "";
const freshFolder = (): string => (last = join(root, String((count += 1))));

directoryConformance({
  test,
  open: async () => lmdbDirectory({ folder: freshFolder() }),
  reopen: async () => lmdbDirectory({ folder: last }),
  supports: { durable: true, sharedBetweenMachines: false },
});

const alice: Subscriber = {
  kind: "subscriber",
  aor: "sip:alice@example.org" as Aor,
  credential: undefined,
};

test("a value that is not a record of ours is directory-unreachable, and others are well", async () => {
  const folder = freshFolder();
  const environment = openLmdb({ folder });
  const values = ["", "\x01", "\x01\x03", "\x01\x00more", "\x01\x01\xff\xff", "\x02\x00"];
  const directory = lmdbDirectory({ folder, environment });
  await directory.put([alice]);
  const subscribers = environment.database("subscribers", { versions: false });
  const aliases = environment.database("aliases", { versions: false });
  const unreachable = { name: "ServerError", causeId: "directory-unreachable" };
  for (const value of values) {
    await subscribers.put("sip:foreign@example.org", Buffer.from(value, "latin1"));
    assert.throws(() => directory.find("sip:foreign@example.org" as Aor), unreachable, value);
    assert.throws(() => [...(directory.entries() as Iterable<unknown>)], unreachable);
  }
  await aliases.put("sip:alias@example.org", Buffer.from("foreign"));
  assert.throws(() => directory.find("sip:alias@example.org" as Aor), unreachable);
  assert.deepEqual(directory.find(alice.aor), alice);
  await directory.close();
  await environment.close();
});

test("a put that cannot be stored whole stores nothing", async () => {
  const directory = lmdbDirectory({ folder: freshFolder() });
  const tooLong: Subscriber = { ...alice, aor: `sip:${"x".repeat(600)}@example.org` as Aor };
  await assert.rejects(directory.put([alice, tooLong]), { causeId: "directory-unreachable" });
  assert.equal(directory.find(alice.aor), undefined);
  await directory.close();
});
