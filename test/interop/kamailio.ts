import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, untilListening } from "./ports.ts";
import { endProgram, endWithUs, needProgram } from "./programs.ts";
import { DOMAIN } from "./sipp.ts";

/** A Kamailio on one port of 127.0.0.1, UDP and TCP; `kamailio/neighbour.cfg` says what it does. */
export interface Kamailio {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

const config = fileURLToPath(new URL("kamailio/neighbour.cfg", import.meta.url));

/** kamailio is there, or is installed. @throws when it cannot be */
export function needKamailio(): void {
  needProgram("kamailio", "kamailio");
}

/** Starts one that sends what is for the domain to `nexthopPort` over that transport. */
export async function startKamailio(options: {
  readonly nexthopPort: number;
  readonly transport: "udp" | "tcp";
}): Promise<Kamailio> {
  const folder = mkdtempSync(join(tmpdir(), "kamailio-"));
  const port = await freePort();
  const file = join(folder, "kamailio.cfg");
  const nexthop = `sip:127.0.0.1:${options.nexthopPort};transport=${options.transport}`;
  const text = readFileSync(config, "utf8");
  writeFileSync(file, text.replaceAll("DOMAIN", DOMAIN).replaceAll("NEXTHOP", nexthop));
  const listen = ["udp", "tcp"].flatMap((transport) => ["-l", `${transport}:127.0.0.1:${port}`]);
  const memory = ["-m", "64", "-M", "8"];
  const child = spawn(
    "kamailio",
    ["-f", file, ...listen, ...memory, "-DD", "-E", "-w", folder, "-Y", folder],
    { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
  );
  endWithUs(child);
  let said = "";
  child.stderr.on("data", (bytes) => (said += String(bytes)));
  try {
    await Promise.all([untilListening(port, "udp"), untilListening(port, "tcp")]);
  } catch (error) {
    await endProgram(child);
    throw new Error(`kamailio does not listen; it said:\n${said}`, { cause: error });
  }
  return {
    port,
    stop: async () => {
      await endProgram(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
