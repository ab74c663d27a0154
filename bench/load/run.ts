// `npm run bench:load`: whole calls through Nexthop and through Kamailio (when it is installed), on this machine, in
// the same run, in turn: A B A B. Load goes to 127.0.0.1 only, for some seconds, and stops by itself.
//
//   npm run bench:load -- [--rounds 3] [--seconds 4] [--users 1000] [--outstanding 16] [--only nexthop]
//                         [--scenarios call,notfound,register,call@500,call@1500,steady] [--off] [--settle 0] [--save]
//
// `--off` adds a Nexthop that keeps no trace and no case, to see what these cost.
//
// CPU is that of the whole process tree while the generator runs. What a server puts off until later (transactions
// linger for up to 32 s) is not in it: `--settle 35` waits for it and says what it was.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compileGenerator, generate, isClean, type GeneratorResult } from "./generator.ts";
import { cpuMicrosecondsOf, memoryMegabytesOf } from "./process-tree.ts";
import { medianOf, tableOf, type Round } from "./report.ts";
import { scenarioOf, type Scenario } from "./scenario.ts";
import { commitOf, serverKinds, startServer, type RunningServer } from "./servers.ts";

/** A run that is not clean is repeated so often, and then it is missing from the medians. */
const TRIES = 6;

const CLOSED_LOOP = "call,notfound,register";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "4" },
    users: { type: "string", default: "1000" },
    outstanding: { type: "string", default: "16" },
    only: { type: "string" },
    scenarios: { type: "string", default: CLOSED_LOOP },
    off: { type: "boolean", default: false },
    settle: { type: "string", default: "0" },
    save: { type: "boolean", default: false },
  },
});
const root = fileURLToPath(new URL("../..", import.meta.url));
const users = Number(values.users);
const seconds = Number(values.seconds);
const asked = values.scenarios.split(",").map((word) => scenarioOf(word, seconds));
for (const wrong of asked) if (typeof wrong === "string") fail(wrong);
const scenarios = asked.filter((each) => typeof each !== "string");
const installed = serverKinds
  .filter(({ name }) => values.only === undefined || name.startsWith(values.only))
  .filter(({ isExtra }) => values.off || !isExtra)
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
    for (const scenario of scenarios) {
      if (scenario.rounds !== undefined && (round === 0 || round > scenario.rounds)) continue;
      for (const server of servers) {
        const result = await measure(program, server, scenario);
        if (round > 0 && result !== undefined) rounds.push(result);
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

function fail(what: string): never {
  console.error(what);
  process.exit(2);
}

function run(
  program: string,
  server: RunningServer,
  { kind, rate, seconds: length }: Scenario,
  count = 0,
): Promise<GeneratorResult> {
  const { serverPort, calleePort } = server;
  const outstanding = Math.min(Number(values.outstanding), users);
  return generate(program, kind, {
    serverPort,
    calleePort,
    users,
    seconds: length,
    outstanding,
    rate,
    count,
  });
}

/** Waits until it answers, then registers every user's device. */
async function getReady(program: string, server: RunningServer): Promise<void> {
  // It stops when all are done; 10,000 a second is what any of them can do. Of very many no more at once: each
  // lingers for 32 s, and 500,000 transactions are Nexthop's limit.
  const rate = users > 100_000 ? 10_000 : 0;
  const limit = 10 + users / 10_000;
  const register = { name: "", kind: "register", rate, seconds: limit, lastSeconds: 0 } as const;
  const first = await run(program, server, { ...register, rate: 0 }, 1);
  if (first.completed !== 1) throw new Error(`${server.name} does not answer: ${first.firstFault}`);
  // A server that was not up yet at the first try has made us repeat; registering all must be clean.
  const all = await run(program, server, register, users);
  if (all.completed !== users) throw new Error(`${server.name}: ${all.firstFault}`);
}

async function measure(
  program: string,
  server: RunningServer,
  scenario: Scenario,
): Promise<Round | undefined> {
  const { name, rate, lastSeconds } = scenario;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    let before = cpuMicrosecondsOf(server.processId);
    const running = run(program, server, scenario);
    if (lastSeconds > 0) {
      await wait((scenario.seconds - lastSeconds) * 1000);
      before = cpuMicrosecondsOf(server.processId);
      await wait(lastSeconds * 1000);
    } else await running;
    const cpuMicroseconds = cpuMicrosecondsOf(server.processId) - before;
    const result = await running;
    if (isClean(result)) {
      const cpuUs = cpuMicroseconds / (lastSeconds > 0 ? rate * lastSeconds : result.completed);
      console.log(
        `${server.name} ${name}: ${cpuUs.toFixed(1)} µs of CPU each, ${result.perSecond.toFixed(0)}/s`,
      );
      const memory = memoryMegabytesOf(server.processId);
      return {
        server: server.name,
        version: server.version,
        scenario: name,
        cpuUs,
        memory,
        result,
      };
    }
    const why = `${result.failed} failed, ${result.retransmissions} repeated: ${result.firstFault}`;
    console.log(`${server.name} ${name}: no result (${why}), try ${attempt} of ${TRIES}`);
  }
  console.log(`${server.name} ${name}: no clean run in ${TRIES} tries, this round is left out`);
  return undefined;
}

function finish(laterMs: Readonly<Record<string, number>>): void {
  const commit = commitOf(root);
  const processors = cpus();
  const machine = `${processors[0]?.model.trim() ?? "?"}, ${processors.length} cores, Node ${process.version}, commit ${commit}`;
  console.log(`\n${machine}\n`);
  const mine = servers.map(({ name }) => name);
  const names = scenarios.map(({ name }) => name);
  console.log(tableOf(rounds, mine, names));
  for (const [name, ms] of Object.entries(laterMs)) {
    const total = rounds
      .filter(({ server }) => server === name)
      .reduce((sum, { result }) => sum + result.completed, 0);
    console.log(`${name} afterwards: ${ms} ms of CPU for ${total} operations counted above`);
  }
  if (!values.save) return;
  const medians = mine.flatMap((server) =>
    names.map((scenario) => ({
      server,
      scenario,
      cpuUs: medianOf(rounds, server, scenario, ({ cpuUs }) => cpuUs),
      p99Ms: medianOf(rounds, server, scenario, ({ result }) => result.p99Ms),
    })),
  );
  const date = new Date().toISOString().slice(0, 10);
  const what =
    values.scenarios === CLOSED_LOOP ? "" : `-${values.scenarios.replaceAll(/[@,]/g, "-")}`;
  const file = join("bench/results", `${date}-${commit}${what}.json`);
  mkdirSync(join(root, "bench/results"), { recursive: true });
  const record = { date, machine, options: values, medians, laterMs, rounds };
  writeFileSync(join(root, file), `${JSON.stringify(record, undefined, 2)}\n`);
  console.log(`\nWritten to ${file}`);
}
