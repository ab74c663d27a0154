import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A server under test: how it is started, and what it calls itself. */
export interface ServerKind {
  readonly name: string;
  /** Only when it is asked for. */
  readonly isExtra?: boolean;
  /** undefined when it is not installed. */
  readonly version: () => string | undefined;
  /** The command that serves on `port`, with `users` users (`user0`…) in the domain `bench.test`. */
  readonly command: (port: number, folder: string, users: number) => readonly string[];
}

/** A server that runs, and the two ports of its run. */
export interface RunningServer {
  readonly name: string;
  readonly version: string;
  readonly processId: number;
  readonly serverPort: number;
  readonly calleePort: number;
  readonly stop: () => Promise<void>;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const nexthop = join(root, "bin/nexthop.js");

function nexthopCommand(preload: readonly string[]): ServerKind["command"] {
  return (port, folder, users) => {
    const list = join(folder, "users.csv");
    const rows = Array.from({ length: users }, (_, at) => `user${at}@bench.test,secret${at}\n`);
    writeFileSync(list, rows.join(""));
    const data = join(folder, "data");
    execFileSync(process.execPath, [nexthop, "user", "import", list, "--data", data]);
    const options = `serve --domain bench.test --listen udp:127.0.0.1:${port} --data ${data}`;
    const words = [...options.split(" "), "--auth", "none", "--http", "off"];
    return [process.execPath, ...preload, nexthop, ...words];
  };
}

export const serverKinds: readonly ServerKind[] = [
  {
    name: "nexthop",
    version: () => (existsSync(join(root, "src/cli/main.ts")) ? commitOf(root) : undefined),
    command: nexthopCommand([]),
  },
  {
    name: "nexthop-off",
    isExtra: true,
    version: () => commitOf(root),
    command: nexthopCommand(["--import", new URL("without-traces.ts", import.meta.url).href]),
  },
  {
    name: "kamailio",
    version: () =>
      /kamailio (\d\S+)/.exec(spawnSync("kamailio", ["-v"]).stdout?.toString() ?? "")?.[1],
    command: (port, folder) => {
      const config = fileURLToPath(new URL("kamailio.cfg", import.meta.url));
      const options = `-f ${config} -l udp:127.0.0.1:${port} -DD -E -m 512 -M 32`;
      return ["kamailio", ...options.split(" "), "-w", folder, "-Y", folder];
    },
  },
];

/** Starts a server on free ports of 127.0.0.1. Its output goes to `<folder>/log`. */
export async function startServer(
  kind: ServerKind,
  parent: string,
  users: number,
): Promise<RunningServer> {
  const folder = join(parent, kind.name);
  mkdirSync(folder, { recursive: true });
  const serverPort = await freePort();
  const calleePort = await freePort();
  const [program = "", ...options] = kind.command(serverPort, folder, users);
  const log = openSync(join(folder, "log"), "w");
  const child = spawn(program, options, { cwd: folder, stdio: ["ignore", log, log] });
  child.on("error", (error) => console.error(`${kind.name}: ${error.message}`));
  return {
    name: kind.name,
    version: kind.version() ?? "?",
    processId: child.pid ?? 0,
    serverPort,
    calleePort,
    stop: () => stop(child),
  };
}

/** Asks it to end, and insists after three seconds. By its own process id only. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const insist = setTimeout(() => child.kill("SIGKILL"), 3_000);
  await ended;
  clearTimeout(insist);
}

async function freePort(): Promise<number> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  return port;
}

/** The commit that is measured, marked when files differ from it. */
export function commitOf(folder: string): string {
  const git = (...options: string[]): string =>
    spawnSync("git", options, { cwd: folder }).stdout?.toString().trim() ?? "";
  const commit = git("rev-parse", "--short", "HEAD") || "unknown";
  return git("status", "--porcelain", "--untracked-files=no", "--", "src") === ""
    ? commit
    : `${commit}+changes`;
}
