// `npm test`: every test that needs no other program, under node's own runner. Arguments choose files or folders:
// `npm test -- src/message test/flows`.
import { spawnSync } from "node:child_process";
import { existsSync, globSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const chosen = process.argv.slice(2);
const files =
  chosen.length === 0 ? testsIn(["src", "test"]) : chosen.flatMap((path) => testsUnder(path));
if (files.length === 0) {
  console.error(`No test files in ${chosen.join(" ")}.`);
  process.exit(2);
}

const startedAtMs = performance.now();
const run = spawnSync(
  process.execPath,
  [
    "--test",
    `--test-concurrency=${availableParallelism()}`,
    `--test-reporter=${new URL("test-reporter.ts", import.meta.url).href}`,
    "--test-reporter-destination=stdout",
    ...files,
  ],
  { cwd: root, stdio: "inherit" },
);
const seconds = Math.round((performance.now() - startedAtMs) / 1000);
if (seconds > 120)
  console.error(`${seconds} s: over the two minutes that this is allowed to take.`);
process.exit(run.status ?? 1);

function testsUnder(path: string): string[] {
  if (!existsSync(path)) return [];
  return statSync(path).isDirectory() ? testsIn([path]) : [path];
}

function testsIn(folders: readonly string[]): string[] {
  return folders
    .flatMap((folder) => globSync(`${folder}/**/*.test.ts`, { cwd: root }))
    .toSorted((a, b) => a.localeCompare(b, "en"));
}
