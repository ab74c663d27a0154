/**
 * What a relayed call, a 404 and a REGISTER cost in our own code, everything on: traces, cases, timers; the REGISTER
 * durable. `node bench/server/call.bench.ts [call|notfound|register] [--no-cases]`
 */
import { openInProcess, rounds, spread } from "./in-process.ts";
import { call, contactOf, notFound, register } from "./messages.ts";
import { CALLEE } from "./in-process.ts";

const USERS = 1_000;
const users = Array.from({ length: USERS }, (_, at) => `user${at}`);
const keepsCases = !process.argv.includes("--no-cases");
const chosen = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const isChosen = (kind: string): boolean => chosen.length === 0 || chosen.includes(kind);
const server = await openInProcess({ users, durable: true, keepsCases });
const say = (what: string, sorted: readonly number[]): void => {
  process.stdout.write(`${what}: ${spread(sorted)}, cases ${keepsCases ? "kept" : "off"}\n`);
};

let number = 0;
function registerNext(): void {
  const user = users[number % USERS] as string;
  number += 1;
  server.timed(CALLEE, register(user, number, contactOf(user), `${user}.r`));
}
for (const _ of users) registerNext();

if (isChosen("register")) {
  say("REGISTER", await rounds(server, { rounds: 9, count: 10_000 }, registerNext));
}
if (isChosen("notfound")) {
  const once = (): void => notFound(server, (number += 1));
  say("404, 2 messages in, 2 out", await rounds(server, { rounds: 9, count: 10_000 }, once));
}
if (isChosen("call")) {
  const once = (): void => call(server, users[number % USERS] as string, (number += 1));
  say("call, 6 messages in, 7 out", await rounds(server, { rounds: 9, count: 5_000 }, once));
}
const { faults } = server.server.counters;
await server.close();
process.exit(faults === 0 ? 0 : 1);
