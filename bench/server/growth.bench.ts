/**
 * What a call costs in our own code as the work grows: with branches, with users, with calls that ring meanwhile.
 * `node bench/server/growth.bench.ts [branches|users|pending] [--users-max 1000000]`
 */
import { parseArgs } from "node:util";
import { CALLEE, openInProcess, rounds, spread, type InProcess } from "./in-process.ts";
import { answer, call, contactOf, forkedCall, register, ringing } from "./messages.ts";

const { values, positionals } = parseArgs({
  options: { "users-max": { type: "string", default: "1000000" } },
  allowPositionals: true,
});
const isChosen = (what: string): boolean => positionals.length === 0 || positionals.includes(what);
const usersMax = Number(values["users-max"]);
let number = 0;

function usersOf(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `user${at}`);
}

async function calls(server: InProcess, once: () => void): Promise<string> {
  return spread(await rounds(server, { rounds: 7, count: 2_000 }, once));
}

if (isChosen("branches")) {
  for (const branches of [1, 2, 4, 8]) {
    const server = await openInProcess({ users: ["bob"], durable: true, keepsCases: true });
    for (let at = 0; at < branches; at += 1) {
      const contact = `sip:bob@127.0.0.1:${CALLEE + at}`;
      server.deliver(CALLEE, register("bob", (number += 1), contact, `device${at}`));
    }
    const figure = await calls(server, () => forkedCall(server, "bob", branches, (number += 1)));
    console.log(`${String(branches).padStart(9)} branches: ${figure}`);
    await server.close();
  }
}

if (isChosen("users")) {
  for (const count of [100, 10_000, 1_000_000].filter((each) => each <= usersMax)) {
    const users = usersOf(count);
    const server = await openInProcess({ users, durable: true, keepsCases: true });
    // Every tenth has a device, so that a million does not take minutes.
    const called = users.filter((_, at) => at % Math.max(1, count / 100_000) === 0);
    for (const [at, user] of called.entries()) {
      server.deliver(CALLEE, register(user, (number += 1), contactOf(user), `${user}.r`));
      // The store's own turns: it bears so many unwritten ones.
      if (at % 1_000 === 999) await new Promise(setImmediate);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 2_000);
    });
    const figure = await calls(server, () => {
      number += 1;
      // Not one after another: each call meets another page of the store.
      call(server, called[(number * 7_919) % called.length] as string, number);
    });
    console.log(`${String(count).padStart(9)} users: ${figure}`);
    await server.close();
  }
}

if (isChosen("pending")) {
  for (const pending of [0, 10, 100, 1_000, 10_000]) {
    const server = await openInProcess({ users: ["bob"], durable: true, keepsCases: true });
    server.deliver(CALLEE, register("bob", (number += 1), contactOf("bob"), "r"));
    const rings: string[] = [];
    for (let at = 0; at < pending; at += 1) rings.push(ringing(server, "bob", (number += 1)));
    const figure = await calls(server, () => call(server, "bob", (number += 1)));
    console.log(`${String(pending).padStart(9)} calls ringing: ${figure}`);
    for (const invite of rings) server.deliver(CALLEE, answer(invite, "486 Busy Here", ""));
    await server.close();
  }
}
process.exit(0);
