import { spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";

/** How long a program that was asked to end may take before it is made to. */
const END_LIMIT_MS = 3_000;

/** The program is there, or is installed from Debian's packages. @throws when it cannot be */
export function needProgram(program: string, packageName: string): void {
  if (isThere(program)) return;
  console.log(`${program} is missing: installing ${packageName}`);
  const install = ["install", "-y", "--no-install-recommends", packageName];
  // A package list that is missing or old is what usually stands in the way.
  if (aptGet(install) || (aptGet(["update"]) && aptGet(install))) return;
  throw new Error(
    `${program} is missing and could not be installed: apt-get install ${packageName}`,
  );
}

/** Resolves when it says so, on stdout or stderr; rejects with all that it said when it ends before. */
export function untilSaid(child: ChildProcess, words: RegExp): Promise<void> {
  let output = "";
  return new Promise((resolve, reject) => {
    const read = (bytes: Buffer): void => {
      output += String(bytes);
      if (words.test(output)) resolve();
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("error", reject);
    child.once("exit", (status) => {
      reject(new Error(`${child.spawnfile} ended with ${String(status)}:\n${output}`));
    });
  });
}

/** Asks it to end and insists when it does not; by its own process id only. @returns the exit status */
export async function endProgram(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const insist = setTimeout(() => child.kill("SIGKILL"), END_LIMIT_MS);
  await ended;
  clearTimeout(insist);
  return child.exitCode;
}

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A test run that is interrupted leaves nothing behind. */
export function endWithUs(child: ChildProcess): void {
  running.add(child);
  child.once("exit", () => running.delete(child));
}

function isThere(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}

function aptGet(options: readonly string[]): boolean {
  return spawnSync("apt-get", options, { stdio: "inherit" }).status === 0;
}
