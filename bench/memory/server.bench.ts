/**
 * What a whole server holds with N users and N registered devices, and how soon it is ready again with them:
 * `serve` as a process, users by `user import`, every device by a REGISTER of its own over loopback.
 * `node bench/memory/server.bench.ts [--users 100000] [--settle 40]`
 *
 * The time to settle lets the REGISTER transactions end (32 s over UDP, RFC 3261 §17.2.2).
 */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compileGenerator, generate } from "../load/generator.ts";
import { memoryMegabytesOf } from "../load/process-tree.ts";

const READY_LIMIT_MS = 30_000;
const PORT = 15_860;
const CALLEE_PORT = 15_870;
/** REGISTERs a second: below what it can take, so that none is repeated. */
const RATE = 3_000;

const { values } = parseArgs({
  options: {
    users: { type: "string", default: "100000" },
    settle: { type: "string", default: "40" },
  },
});
const users = Number(values.users);
const nexthop = fileURLToPath(new URL("../../bin/nexthop.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "nexthop-memory-"));
const data = join(folder, "data");

/** Starts `serve`. @returns the process, and the milliseconds until it said it was ready */
function serve(): Promise<readonly [ChildProcess, number]> {
  const words = `serve --domain bench.test --listen udp:127.0.0.1:${PORT} --auth none --data ${data}`;
  const startedAtMs = performance.now();
  const child = spawn(process.execPath, [nexthop, ...words.split(" ")], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("never ready")), READY_LIMIT_MS);
    let text = "";
    child.stdout.on("data", (bytes: Buffer) => {
      text += bytes.toString();
      if (!text.includes("ready")) return;
      clearTimeout(timer);
      resolve([child, performance.now() - startedAtMs]);
    });
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}

function say(what: string, child: ChildProcess, more = ""): void {
  const { anonymous, all } = memoryMegabytesOf(child.pid ?? 0);
  const file = all - anonymous;
  process.stdout.write(
    `${what.padEnd(44)} RssAnon ${anonymous.toFixed(0).padStart(4)} MB, the rest ${file.toFixed(0).padStart(4)} MB${more}\n`,
  );
}

function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
  });
}

try {
  mkdirSync(data, { recursive: true });
  const list = join(folder, "users.csv");
  writeFileSync(
    list,
    Array.from({ length: users }, (_, at) => `user${at}@bench.test,secret${at}\n`).join(""),
  );
  execFileSync(process.execPath, [nexthop, "user", "import", list, "--data", data]);
  const [first, firstMs] = await serve();
  say(`${users} users, none registered`, first, `, ready after ${firstMs.toFixed(0)} ms`);
  const result = await generate(compileGenerator(folder), "register", {
    serverPort: PORT,
    calleePort: CALLEE_PORT,
    users,
    seconds: Math.ceil(users / RATE) + 60,
    outstanding: 1,
    rate: RATE,
    count: users,
  });
  say(`${result.completed} REGISTERs at ${RATE}/s, just after`, first);
  await wait(Number(values.settle));
  say(`${values.settle} s later`, first);
  await stop(first);
  const [again, againMs] = await serve();
  say("restarted", again, `, ready after ${againMs.toFixed(0)} ms`);
  const counted = execFileSync(
    process.execPath,
    [nexthop, "registrations", "--json", "--data", data],
    {
      maxBuffer: 1 << 30,
    },
  );
  const registered = counted.toString().trimEnd().split("\n").length;
  say(`${registered} registrations listed`, again);
  await stop(again);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
