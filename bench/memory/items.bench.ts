/**
 * Live heap for one of each, everything on: measured in process after forced collections, over many of them.
 * `node --expose-gc bench/memory/items.bench.ts` (it starts itself so)
 */
import { spawnSync } from "node:child_process";
import { CALLEE, openInProcess, type InProcess } from "../server/in-process.ts";
import { call, contactOf, register, ringing } from "../server/messages.ts";

const COUNT = 10_000;
/** Timer K has fired, Timers D, J, L and M have not (RFC 3261 §17, RFC 6026). */
const AFTER_TIMER_K_MS = 5_500;

if (globalThis.gc === undefined) {
  const words = ["--expose-gc", import.meta.filename, ...process.argv.slice(2)];
  process.exit(spawnSync(process.execPath, words, { stdio: "inherit" }).status ?? 1);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

interface Memory {
  readonly heap: number;
  readonly outside: number;
  readonly resident: number;
}

/** Settled: what waits for a turn of the event loop has had it. */
async function memory(): Promise<Memory> {
  await wait(50);
  globalThis.gc?.();
  await wait(10);
  globalThis.gc?.();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { heap: heapUsed, outside: arrayBuffers, resident: rss };
}

function say(what: string, before: Memory, after: Memory, count: number): void {
  const each = (part: keyof Memory): string =>
    `${Math.max(0, Math.round((after[part] - before[part]) / count))}`.padStart(6);
  console.log(
    `${what.padEnd(44)}${each("heap")} B of heap, ${each("outside")} B beside it, ${each("resident")} B resident`,
  );
}

async function open(): Promise<InProcess> {
  const users = Array.from({ length: COUNT }, (_, at) => `user${at}`);
  const server = await openInProcess({ users, durable: true, keepsCases: true });
  server.deliver(CALLEE, register("user0", 1, contactOf("user0"), "r"));
  // What is made once is made before the measuring begins: tables, buffers, compiled code.
  for (let at = 0; at < 2_000; at += 1) call(server, "user0", 1_000_000 + at);
  await wait(AFTER_TIMER_K_MS);
  return server;
}

let number = 10;
{
  const server = await open();
  const before = await memory();
  for (let at = 0; at < COUNT; at += 1) call(server, "user0", (number += 1));
  say("call that ended, all of it lingers", before, await memory(), COUNT);
  await wait(AFTER_TIMER_K_MS);
  say("the same after Timer K (5 s)", before, await memory(), COUNT);
  await server.close();
}
{
  const server = await open();
  const before = await memory();
  for (let at = 0; at < COUNT; at += 1) ringing(server, "user0", (number += 1));
  say("call that rings: 2 transactions, 1 context", before, await memory(), COUNT);
  await server.close();
}
{
  const server = await open();
  const before = await memory();
  for (let at = 1; at < COUNT; at += 1) {
    server.deliver(CALLEE, register(`user${at}`, 1, contactOf(`user${at}`), `user${at}.r`));
    // The store's own turns: it bears so many unwritten ones.
    if (at % 1_000 === 0) await wait(600);
  }
  await wait(2_000);
  say("binding, and its REGISTER that lingers", before, await memory(), COUNT);
  await wait(33_000);
  say("binding, once that has ended", before, await memory(), COUNT);
  await server.close();
}
process.exit(0);
