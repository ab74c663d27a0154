// `npm run bench:load`: whole calls through Nexthop and through Kamailio (when it is installed), on this machine, in
// the same run, in turn: A B A B. Load goes to 127.0.0.1 only, for some seconds, and stops by itself.
//
//   npm run bench:load -- [--rounds 3] [--seconds 4] [--users 1000] [--outstanding 16] [--rate 0]
//                         [--only nexthop] [--kinds call,notfound,register] [--settle 0] [--save]
//
// CPU is that of the whole process tree while the generator runs. What a server puts off until later (transactions
// linger for up to 32 s) is not in it: `--settle 35` waits for it and says what it was.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  compileGenerator,
  generate,
  isClean,
  workKinds,
  type GeneratorResult,
} from "./generator.ts";
import { cpuMicrosecondsOf, memoryMegabytesOf } from "./process-tree.ts";
import { medianOf, tableOf, type Round } from "./report.ts";
import { commitOf, serverKinds, startServer, type RunningServer } from "./servers.ts";

/** A round that is not clean is repeated so often, and then the bench has failed. */
const TRIES = 3;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "4" },
    users: { type: "string", default: "1000" },
    outstanding: { type: "string", default: "16" },
    rate: { type: "string", default: "0" },
    only: { type: "string" },
    kinds: { type: "string", default: workKinds.join(",") },
    settle: { type: "string", default: "0" },
    save: { type: "boolean", default: false },
  },
});
const root = fileURLToPath(new URL("../..", import.meta.url));
const users = Number(values.users);
const seconds = Number(values.seconds);
const kinds = workKinds.filter((kind) => values.kinds.split(",").includes(kind));
const installed = serverKinds
  .filter(({ name }) => values.only === undefined || name === values.only)
  .filter((kind) => {
    const isThere = kind.version() !== undefined;
    if (!isThere) console.log(`${kind.name} is not installed here: left out.`);
    return isThere;
  });

const folder = mkdtempSync(join(tmpdir(), "load-"));
const servers: RunningServer[] = [];
const rounds: Round[] = [];
try {
  const program = compileGenerator(folder);
  for (const kind of installed) servers.push(await startServer(kind, folder, users));
  for (const server of servers) await getReady(program, server);
  // The first round warms up (the compiler of V8, the caches of both) and is not counted.
  for (let round = 0; round <= Number(values.rounds); round += 1) {
    for (const kind of kinds) {
      for (const server of servers) {
        const result = await measure(program, server, kind);
        if (round > 0) rounds.push(result);
      }
    }
  }
  const settleSeconds = Number(values.settle);
  const later: Record<string, number> = {};
  if (settleSeconds > 0) {
    console.log(`Waiting ${settleSeconds} s for what was put off…`);
    const before = servers.map(({ processId }) => cpuMicrosecondsOf(processId));
    await wait(settleSeconds * 1000);
    servers.forEach(({ name, processId }, at) => {
      later[name] = Math.round((cpuMicrosecondsOf(processId) - (before[at] ?? 0)) / 1000);
    });
  }
  finish(later);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  for (const server of servers) await server.stop();
  rmSync(folder, { recursive: true });
}

function run(
  program: string,
  server: RunningServer,
  kind: Round["kind"],
  count = 0,
  rate = 0,
): Promise<GeneratorResult> {
  const { serverPort, calleePort } = server;
  const outstanding = Math.min(Number(values.outstanding), users);
  return generate(program, kind, {
    serverPort,
    calleePort,
    users,
    seconds,
    outstanding,
    rate,
    count,
  });
}

/** Waits until it answers, then registers every user's device. */
async function getReady(program: string, server: RunningServer): Promise<void> {
  const first = await run(program, server, "register", 1);
  if (first.completed !== 1) throw new Error(`${server.name} does not answer: ${first.firstFault}`);
  // A server that was not up yet at the first try has made us repeat; registering all must be clean.
  const all = await run(program, server, "register", users);
  if (all.completed !== users) throw new Error(`${server.name}: ${all.firstFault}`);
}

async function measure(
  program: string,
  server: RunningServer,
  kind: Round["kind"],
): Promise<Round> {
  let last = "";
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const before = cpuMicrosecondsOf(server.processId);
    const result = await run(program, server, kind, 0, Number(values.rate));
    const cpuMicroseconds = cpuMicrosecondsOf(server.processId) - before;
    if (isClean(result)) {
      const cpuUs = cpuMicroseconds / result.completed;
      console.log(
        `${server.name} ${kind}: ${cpuUs.toFixed(1)} µs of CPU each, ${result.perSecond.toFixed(0)}/s`,
      );
      const memory = memoryMegabytesOf(server.processId);
      return { server: server.name, version: server.version, kind, cpuUs, memory, result };
    }
    last = `${result.failed} failed, ${result.retransmissions} repeated: ${result.firstFault}`;
    console.log(`${server.name} ${kind}: no result (${last}), try ${attempt} of ${TRIES}`);
  }
  throw new Error(`${server.name} ${kind}: no clean run in ${TRIES} tries: ${last}`);
}

function finish(laterMs: Readonly<Record<string, number>>): void {
  const commit = commitOf(root);
  const processors = cpus();
  const machine = `${processors[0]?.model.trim() ?? "?"}, ${processors.length} cores, Node ${process.version}, commit ${commit}`;
  console.log(`\n${machine}\n`);
  const mine = servers.map(({ name }) => name);
  console.log(tableOf(rounds, mine, kinds));
  for (const [name, ms] of Object.entries(laterMs)) {
    const total = rounds
      .filter(({ server }) => server === name)
      .reduce((sum, { result }) => sum + result.completed, 0);
    console.log(`${name} afterwards: ${ms} ms of CPU for ${total} operations counted above`);
  }
  if (!values.save) return;
  const medians = mine.flatMap((server) =>
    kinds.map((kind) => ({
      server,
      kind,
      cpuUs: medianOf(rounds, server, kind, ({ cpuUs }) => cpuUs),
    })),
  );
  const date = new Date().toISOString().slice(0, 10);
  const file = join("bench/results", `${date}-${commit}.json`);
  mkdirSync(join(root, "bench/results"), { recursive: true });
  const record = { date, machine, options: values, medians, laterMs, rounds };
  writeFileSync(join(root, file), `${JSON.stringify(record, undefined, 2)}\n`);
  console.log(`\nWritten to ${file}`);
}
