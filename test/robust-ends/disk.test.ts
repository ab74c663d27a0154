// A disk that takes nothing more: `nexthop serve` in a process whose files may not grow (EFBIG where a full disk says
// ENOSPC; the way through the code is the same), until they may again.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { DOMAIN, hasPrlimit, ServeProcess } from "./serve-process.ts";
import { until } from "./until.ts";

const NEEDS_PRLIMIT = hasPrlimit ? {} : { skip: "prlimit (util-linux) is not here" };
const FULL = "--fsize=0:unlimited";
/** Room for the head of a log and a binding or two, and not for all of the next. */
const NEARLY_FULL = "--fsize=300:unlimited";
const ROOM = "--fsize=unlimited:unlimited";

const WRITTEN = { native: false } as const;

test(
  "without room for a log REGISTER is 503 with its cause; where it is memory as where it is written",
  NEEDS_PRLIMIT,
  async () => {
    for (const native of [true, false]) {
      // oxlint-disable-next-line no-await-in-loop
      const server = await new ServeProcess().open(["alice"], { native });
      try {
        server.limit(FULL);
        // oxlint-disable-next-line no-await-in-loop
        assert.equal(await server.register("alice", contactOf("alice")), 503);
        assert.match(server.command("why", "--last"), /location-unreachable: [^]*EFBIG/);
        server.limit(ROOM);
        // oxlint-disable-next-line no-await-in-loop
        assert.equal(await server.register("alice", contactOf("alice")), 200);
        // oxlint-disable-next-line no-await-in-loop
        await server.kill("SIGKILL");
        // oxlint-disable-next-line no-await-in-loop
        await server.start({ native });
        assert.deepEqual(boundAt(server), ["alice"]);
      } finally {
        // oxlint-disable-next-line no-await-in-loop
        await server.close();
      }
    }
  },
);

test(
  "with a full disk REGISTER is 503 with its cause, calls go on, and with room again it is 200",
  NEEDS_PRLIMIT,
  async () => {
    const server = await new ServeProcess().open(["alice", "bob"], WRITTEN);
    try {
      server.limit(FULL);
      assert.equal(await server.register("alice", contactOf("alice")), 503);
      assert.match(server.command("why", "--last"), /location-unreachable: [^]*file too large/i);
      const nobody = await server.ask("MESSAGE", `sip:nobody@${DOMAIN}`, "sip:dora@elsewhere.test");
      assert.equal(nobody, 404, "what needs no writing is answered as ever");
      server.limit(ROOM);
      assert.equal(await server.register("alice", contactOf("alice")), 200);
      server.limit(FULL);
      // LMDB, which takes within a second what the log has, meets it as well, and later takes it all the same.
      await until(
        () => /Write error: File too large/.test(server.said),
        "LMDB meets the full disk",
      );
      assert.ok(server.isRunning);
      server.limit(ROOM);
      assert.equal(await server.register("bob", contactOf("bob")), 200);
      await until(() => logsIn(server.data).length === 0, "what waited goes into LMDB");
      assert.equal(await server.kill("SIGTERM"), 0);
      await server.start();
      assert.deepEqual(boundAt(server), ["alice", "bob"]);
    } finally {
      await server.close();
    }
  },
);

test(
  "a disk that fills up between bindings loses none that was acknowledged before kill -9",
  NEEDS_PRLIMIT,
  async () => {
    const users = ["a", "b", "c", "d", "e", "f"];
    const server = await new ServeProcess().open(users, WRITTEN);
    try {
      assert.equal(await server.register("a", contactOf("a")), 200);
      server.limit(NEARLY_FULL);
      // Where the log is memory with its room taken beforehand all are taken; where it is written, one or two are.
      const codes = await registerEach(server, users);
      const acknowledged = users.filter((user, at) => user === "a" || codes[at] === 200);
      await server.kill("SIGKILL");
      await server.start();
      assert.deepEqual(boundAt(server), acknowledged, codes.join());
    } finally {
      await server.close();
    }
  },
);

/** One after another, so that each is a writing of its own. */
async function registerEach(server: ServeProcess, users: readonly string[]): Promise<number[]> {
  const codes: number[] = [];
  for (const user of users) {
    // oxlint-disable-next-line no-await-in-loop
    codes.push(await server.register(user, contactOf(user)));
  }
  return codes;
}

function contactOf(user: string): string {
  return `sip:${user}@127.0.0.1:9`;
}

function logsIn(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => /^location-.*\.log$/.test(name));
}

/** Who is registered, as the command says. */
function boundAt(server: ServeProcess): readonly string[] {
  const listed = server.command("registrations");
  return [...listed.matchAll(/^(\w+)@/gm)].map(([, user]) => user ?? "").toSorted();
}
