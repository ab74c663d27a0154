import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DOMAIN, freePort } from "./sipp.ts";

/** A `nexthop serve` of its own process on free ports of 127.0.0.1. */
export interface NexthopProcess {
  readonly port: number;
  /** Runs another command on the same data, gives what it printed. */
  readonly command: (...options: string[]) => string;
  /** @returns the exit status */
  readonly stop: () => Promise<number | null>;
}

const program = fileURLToPath(new URL("../../bin/nexthop.js", import.meta.url));

/** Starts a server that knows these users, each with the password `<user>-secret`. */
export async function startNexthop(options: {
  readonly users: readonly string[];
  readonly auth: "digest" | "none";
}): Promise<NexthopProcess> {
  const folder = mkdtempSync(join(tmpdir(), "nexthop-"));
  const data = join(folder, "data");
  const command = (...rest: string[]): string =>
    execFileSync(process.execPath, [program, ...rest, "--data", data], { encoding: "utf8" });
  const list = join(folder, "users.csv");
  writeFileSync(list, options.users.map((user) => `${user}@${DOMAIN},${user}-secret\n`).join(""));
  command("user", "import", list);
  // What SIPp's own scenarios call: `service` at the address they send to.
  command("user", "add", "service@127.0.0.1", "--password", "service-secret");
  const port = await freePort();
  const where = `--listen udp:127.0.0.1:${port} --listen tcp:127.0.0.1:${port} --data ${data}`;
  const serve = `serve --domain ${DOMAIN} --domain 127.0.0.1 ${where} --auth ${options.auth} --http off`;
  const child = spawn(process.execPath, [program, ...serve.split(" ")], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  // A test run that is interrupted leaves no server behind.
  process.once("exit", () => child.kill("SIGKILL"));
  let output = "";
  await new Promise<void>((resolve, reject) => {
    const read = (bytes: Buffer): void => {
      output += String(bytes);
      if (/\bready\b/.test(output)) resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("exit", (status) => reject(new Error(`serve ended with ${status}:\n${output}`)));
  });
  return {
    port,
    command,
    stop: async () => {
      const ended = child.exitCode === null ? once(child, "exit") : undefined;
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true });
      return child.exitCode;
    },
  };
}
