import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, untilListening } from "./ports.ts";
import { endWithUs, needProgram } from "./programs.ts";

/** The domain that the scenarios talk about. */
export const DOMAIN = "interop.test";

/** One SIPp, doing one call by one scenario. */
export interface SippOptions {
  /** A file of `sipp/` without `.xml`, or `builtin:uac`. */
  readonly scenario: string;
  /** The user part: whom a caller calls, who a callee is. */
  readonly user: string;
  readonly serverPort: number;
  /** Where SIPp itself listens; a free port when not said. */
  readonly localPort?: number;
  /** Sends there instead of to the server: the port of a relay. */
  readonly sendToPort?: number;
  readonly transport?: "udp" | "tcp";
  /** The domain that `uac-refused` calls from; ours when not said. */
  readonly fromDomain?: string;
  /** The Contact that `bind` binds. */
  readonly contact?: string;
  /** What `STATUS`, `USERNAME` and `PASSWORD` stand for: SIPp knows no keywords at those places. */
  readonly status?: number;
  readonly username?: string;
  readonly password?: string;
}

/** A SIPp that runs. `done` rejects with what it complained about when its call was not as the scenario says. */
export interface RunningSipp {
  readonly port: number;
  readonly done: Promise<void>;
}

/** `sipp` is there, or is installed from Debian's packages. @throws when it cannot be */
export function needSipp(): void {
  needProgram("sipp", "sip-tester");
}

/** Starts a SIPp; a callee (`uas…`) listens when the promise resolves. */
export async function startSipp(options: SippOptions): Promise<RunningSipp> {
  const folder = mkdtempSync(join(tmpdir(), "sipp-"));
  const port = options.localPort ?? (await freePort());
  const transport = options.transport ?? "udp";
  const where = `-i 127.0.0.1 -p ${port} -s ${options.user} -t ${transport === "udp" ? "u1" : "t1"}`;
  const limits = "-m 1 -timeout 25 -timeout_error -recv_timeout 10000 -nostdin";
  const logs = `-trace_err -error_file ${folder}/errors -trace_msg -message_file ${folder}/messages`;
  const args = scenarioArguments(options, folder);
  args.push(
    ...where.split(" "),
    ...limits.split(" "),
    ...logs.split(" "),
    "-key",
    "domain",
    DOMAIN,
  );
  args.push("-key", "from_domain", options.fromDomain ?? DOMAIN);
  args.push("-key", "contact", options.contact ?? "");
  if (options.sendToPort !== undefined) args.push("-rsa", `127.0.0.1:${options.sendToPort}`);
  args.push(`127.0.0.1:${options.serverPort}`);
  const child = spawn("sipp", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  endWithUs(child);
  let stderr = "";
  child.stderr.on("data", (bytes) => (stderr += String(bytes)));
  const done = once(child, "close").then(([status]) => {
    const complaint = `${options.scenario}: SIPp ended with ${String(status)}\n${stderr}\n${tail(folder)}`;
    rmSync(folder, { recursive: true });
    if (status !== 0) throw new Error(complaint);
  });
  // A callee that fails early must not be an unhandled rejection; the test still awaits `done`.
  done.catch(() => undefined);
  if (/uas/.test(options.scenario)) await untilListening(port, transport);
  return { port, done };
}

/** Runs one SIPp to its end. */
export async function sipp(options: SippOptions): Promise<void> {
  const { done } = await startSipp(options);
  await done;
}

function scenarioArguments(options: SippOptions, folder: string): string[] {
  const { scenario, status, username, password } = options;
  if (scenario.startsWith("builtin:")) return ["-sn", scenario.slice("builtin:".length)];
  const path = fileURLToPath(new URL(`sipp/${scenario}.xml`, import.meta.url));
  const text = readFileSync(path, "utf8")
    .replaceAll("STATUS", String(status ?? ""))
    .replaceAll("USERNAME", username ?? "")
    .replaceAll("PASSWORD", password ?? "");
  const file = join(folder, `${scenario}.xml`);
  writeFileSync(file, text);
  return ["-sf", file];
}

function tail(folder: string): string {
  return ["errors", "messages"]
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, "utf8").slice(-4000))
    .join("\n");
}
