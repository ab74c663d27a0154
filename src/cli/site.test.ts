import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { siteCommand } from "./site.ts";
import type { Terminal } from "./terminal.ts";

const root = mkdtempSync(join(tmpdir(), "nexthop-site-"));
after(() => rmSync(root, { recursive: true }));

async function builds(...words: readonly string[]) {
  const out: string[] = [];
  const errors: string[] = [];
  let exitCode = 0;
  const terminal: Terminal = {
    out: (line) => out.push(line),
    error: (line) => errors.push(line),
    progress: () => undefined,
    isInteractive: false,
    environment: {},
    exitCode: (code) => {
      exitCode = code;
    },
  };
  await siteCommand(terminal).parseAsync(["build", ...words], { from: "user" });
  return { out, errors, exitCode };
}

test("a folder that has something in it is left alone, and the end is 1", async () => {
  const folder = mkdtempSync(join(root, "full-"));
  writeFileSync(join(folder, "index.html"), "mine");
  const { errors, exitCode } = await builds(folder);
  assert.equal(exitCode, 1);
  assert.deepEqual(errors, [
    `${folder} is not empty, and nothing was written: name a new folder, or empty it.`,
  ]);
  assert.deepEqual(readdirSync(folder), ["index.html"]);
});

test("a folder that cannot be made is told with its reason", async () => {
  const file = join(root, "file");
  writeFileSync(file, "");
  const { errors, exitCode } = await builds(join(file, "public"));
  assert.equal(exitCode, 1);
  assert.match(errors[0] ?? "", /ENOTDIR|EEXIST/);
});

test("a base URL that is none is wrong usage: 2, and told what is accepted", () => {
  for (const url of ["example.org", "ftp://example.org", "https://example.org/?q=1"]) {
    const program = new URL("main.ts", import.meta.url).pathname;
    const run = spawnSync(process.execPath, [
      program,
      "site",
      "build",
      join(root, "x"),
      "--base-url",
      url,
    ]);
    assert.equal(run.status, 2);
    assert.match(String(run.stderr), /accepted: a URL such as https:\/\/example\.org/);
  }
});

test("no command loads the pages before it is asked for them: they add nothing to a server's start", () => {
  const loads = globSync("*.ts", { cwd: import.meta.dirname })
    .filter((name) => !name.endsWith(".test.ts"))
    .filter((name) => {
      const source = readFileSync(join(import.meta.dirname, name), "utf8");
      return /^import (?!type )[^;]*from "\.\.\/web\//m.test(source);
    });
  assert.deepEqual(loads, []);
});
