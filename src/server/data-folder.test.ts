import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { ServerError } from "../causes/index.ts";
import { openDataFolder } from "./data-folder.ts";

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "nexthop-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const module = new URL("data-folder.ts", import.meta.url).href;

/** Another process that tries to take the folder: says `taken` and waits, or says why not and ends. */
function rival(folder: string, waits = true) {
  const script = `
    const { openDataFolder } = await import(${JSON.stringify(module)});
    try {
      openDataFolder(${JSON.stringify(folder)});
      console.log("taken");
      if (${waits}) setTimeout(() => {}, 60_000);
    } catch (error) { console.log(error.message); }`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = new Promise<string>((resolve) => {
    child.stdout.once("data", (bytes: Buffer) => resolve(bytes.toString().trim()));
  });
  const ended = new Promise((resolve) => {
    child.once("exit", resolve);
  });
  return { child, said, ended };
}

test("a folder that is missing is made, for its owner alone", (t) => {
  const path = join(temporaryFolder(t), "a", "b");
  const folder = openDataFolder(path);
  assert.equal(statSync(path).mode & 0o777, 0o700);
  folder.release();
});

test("the second server on a folder is told which process has it", (t) => {
  const path = temporaryFolder(t);
  const first = openDataFolder(path);
  assert.throws(
    () => openDataFolder(path),
    (error) => {
      assert.ok(error instanceof ServerError);
      assert.equal(error.causeId, "data-folder-in-use");
      assert.ok(error.message.includes(`process ${process.pid}`), error.message);
      return true;
    },
  );
  first.release();
  openDataFolder(path).release();
});

test("a holder that was killed with -9 leaves the folder free; one that lives does not", async (t) => {
  const path = temporaryFolder(t);
  const { child, said, ended } = rival(path);
  assert.equal(await said, "taken");
  assert.throws(() => openDataFolder(path), new RegExp(`process ${child.pid}`));
  child.kill("SIGKILL");
  await ended;
  openDataFolder(path).release();
});

test("a process id that was given out again does not keep the folder locked", (t) => {
  const path = temporaryFolder(t);
  const holder = { processId: process.ppid, startedAt: "1", bootId: "of another boot" };
  writeFileSync(join(path, "lock.7"), JSON.stringify(holder));
  openDataFolder(path).release();
});

test("of several that find the same dead holder, one wins", async (t) => {
  const path = temporaryFolder(t);
  writeFileSync(join(path, "lock.3"), JSON.stringify({ processId: 1, startedAt: "x", bootId: "" }));
  const rivals = Array.from({ length: 4 }, () => rival(path));
  const said = await Promise.all(rivals.map((one) => one.said));
  for (const { child } of rivals) child.kill("SIGKILL");
  await Promise.all(rivals.map((one) => one.ended));
  assert.deepEqual(
    said.map((text) => text.split(":")[0] ?? "").toSorted((a, b) => a.localeCompare(b)),
    ["data-folder-in-use", "data-folder-in-use", "data-folder-in-use", "taken"],
  );
});

test("locks do not pile up", (t) => {
  const path = temporaryFolder(t);
  for (let times = 0; times < 5; times += 1) openDataFolder(path).release();
  assert.deepEqual(
    readdirSync(path).toSorted((a, b) => a.localeCompare(b)),
    ["lock.5"],
  );
});

test("a folder that cannot be made is told with its path", () => {
  assert.throws(
    () => openDataFolder("/dev/null/folder"),
    /^ServerError: store-unreadable: \/dev\/null\/folder: /,
  );
});
