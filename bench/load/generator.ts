import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What is done to the server: whole calls, calls to nobody, registrations. */
export const workKinds = ["call", "notfound", "register"] as const;
export type WorkKind = (typeof workKinds)[number];

/** The one JSON line of generator.c. */
export interface GeneratorResult {
  readonly mode: WorkKind;
  readonly seconds: number;
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  readonly notStarted: number;
  readonly retransmissions: number;
  readonly strays: number;
  readonly messagesSent: number;
  readonly messagesReceived: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly firstFault: string;
}

export interface GeneratorOptions {
  readonly serverPort: number;
  readonly calleePort: number;
  readonly users: number;
  readonly seconds: number;
  /** Closed loop: how many at once. Not looked at when there is a rate. */
  readonly outstanding: number;
  /** Open loop: how many a second; 0 for the closed loop. */
  readonly rate: number;
  /** Stops after so many; 0 for no such limit. */
  readonly count: number;
}

/** Compiles generator.c into that folder. @returns the program's path */
export function compileGenerator(folder: string): string {
  const program = join(folder, "generator");
  const source = fileURLToPath(new URL("generator.c", import.meta.url));
  execFileSync("cc", ["-O2", "-Wall", "-o", program, source], { stdio: "inherit" });
  return program;
}

/** One run of the generator; it stops by itself. */
export async function generate(
  program: string,
  kind: WorkKind,
  options: GeneratorOptions,
): Promise<GeneratorResult> {
  const { serverPort, calleePort, users, seconds, outstanding, rate, count } = options;
  const values = `--server ${serverPort} --callee ${calleePort} --users ${users} --seconds ${seconds}
    --outstanding ${outstanding} --rate ${rate} --count ${count}`;
  const child = spawn(program, [kind, ...values.split(/\s+/)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (bytes) => (output += String(bytes)));
  await new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve());
  });
  return JSON.parse(output) as GeneratorResult;
}

/** Nothing failed, nothing was repeated, nothing came that should not: only such a run is a result. */
export function isClean(result: GeneratorResult): boolean {
  return (
    result.completed > 0 &&
    result.failed + result.notStarted + result.retransmissions + result.strays === 0 &&
    result.firstFault === ""
  );
}
