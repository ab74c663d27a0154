// `npm run fuzz -- --count 1000000`: changed messages through the parser, one a seed; with `--server` through servers,
// a few hundred a seed. `--seed 42` starts there. What breaks becomes a vector in test/fuzz/corpus, and ends with 1.
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { keep } from "../test/fuzz/corpus.ts";
import { messageOf } from "../test/fuzz/parser-target.ts";
import type { Figures } from "../test/fuzz/run.ts";
import { vectors } from "../test/fuzz/vectors.ts";

/** No seed takes as long, on a slow machine either: it hangs. */
const HANG_MS = 20_000;
const SHOWN_MAX = 10;

const { values } = parseArgs({
  options: { seed: { type: "string" }, count: { type: "string" }, server: { type: "boolean" } },
});
const isServer = values.server === true;
const first = wholeNumber("--seed", values.seed ?? String(1 + (Date.now() % 1_000_000_000)));
const messages = wholeNumber("--count", values.count ?? (isServer ? "10000" : "100000"));
console.log(
  `seeds from ${first} up, ${messages} messages through the ${isServer ? "server" : "parser"}`,
);

const progress = new Int32Array(new SharedArrayBuffer(4));
const startedAtMs = performance.now();
const worker = new Worker(new URL("../test/fuzz/worker.ts", import.meta.url), {
  workerData: { isServer, first, messages, progress },
});
let seenSeed = 0;
let seenAtMs = startedAtMs;
const watch = setInterval(() => {
  const seed = progress[0] ?? 0;
  const nowMs = performance.now();
  if (seed !== seenSeed) [seenSeed, seenAtMs] = [seed, nowMs];
  else if (nowMs - seenAtMs > HANG_MS) {
    hangs(seed);
    process.exit(1);
  }
}, 1_000);
worker.on("error", (error) => {
  console.error(`seed ${progress[0]}: ${error.stack ?? error.message}`);
  process.exit(1);
});
worker.on("message", (figures: Figures) => {
  clearInterval(watch);
  report(figures);
  process.exit(figures.found.length === 0 ? 0 : 1);
});

function hangs(seed: number): void {
  const texts = isServer ? [] : [messageOf(seed, vectors())];
  const finding = `no end after ${HANG_MS} ms`;
  const hash = keep({ target: isServer ? "server" : "parser", seed, texts, finding });
  console.error(`seed ${seed}: ${finding}: test/fuzz/corpus/${hash}`);
}

function report({ messages: played, taken, slowestMs, statusCodes, found }: Figures): void {
  for (const specimen of found.slice(0, SHOWN_MAX)) {
    const again = `npm run fuzz -- --seed ${specimen.seed} --count 1${isServer ? " --server" : ""}`;
    const kept = `test/fuzz/corpus/${keep(specimen)}`;
    console.log(`seed ${specimen.seed}: ${specimen.finding}\n  kept as ${kept}; again: ${again}`);
  }
  if (found.length > SHOWN_MAX) console.log(`and ${found.length - SHOWN_MAX} more`);
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
  const what = isServer ? "cases kept" : "taken as well-formed";
  const slowest = `the slowest ${isServer ? "seed" : "message"} took ${slowestMs.toFixed(1)} ms`;
  console.log(`${played} messages, ${taken} ${what}, ${seconds} s; ${slowest}`);
  if (statusCodes.size > 0) {
    const counts = [...statusCodes].toSorted(([one], [other]) => one - other);
    console.log(
      counts.map(([statusCode, count]) => `${statusCode || "none"}: ${count}`).join(", "),
    );
  }
  console.log(found.length === 0 ? "all hold" : `${found.length} seeds broke something`);
}

function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  console.error(`${name} is "${text}"; a whole number from 1 up is wanted.`);
  process.exit(2);
}
