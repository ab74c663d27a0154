import { execFile, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "./ports.ts";
import { endProgram, endWithUs, untilSaid } from "./programs.ts";
import { DOMAIN } from "./sipp.ts";

/** A `nexthop serve` of its own process on free ports of 127.0.0.1. */
export interface NexthopProcess {
  readonly port: number;
  /** Runs another command on the same data, gives what it printed. */
  readonly command: (...options: string[]) => string;
  /** The requests of one call as `why --json` explains them. */
  readonly why: (callId: string) => Promise<readonly Explained[]>;
  /** @returns the exit status */
  readonly stop: () => Promise<number | null>;
}

/** What the scenarios look at in an explanation. */
export interface Explained {
  readonly state: "succeeded" | "failed" | "pending";
  readonly causeId: string;
  readonly headline: { readonly method: string; readonly statusCode: number };
  readonly branches: readonly { readonly destination: string; readonly statusCode: number }[];
  readonly ladder: {
    readonly rows: readonly {
      readonly from: string;
      readonly to: string;
      readonly label: string;
    }[];
  };
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
  endWithUs(child);
  await untilSaid(child, /\bready\b/);
  return {
    port,
    command,
    why: async (callId) => {
      const asked = [program, "why", callId, "--json", "--data", data];
      const { stdout } = await promisify(execFile)(process.execPath, asked);
      return stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Explained);
    },
    stop: async () => {
      const status = await endProgram(child);
      rmSync(folder, { recursive: true });
      return status;
    },
  };
}
