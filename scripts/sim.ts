// `npm run sim -- --seeds 1000`: whole servers in virtual time over bad networks, one seed after another. `--seed 42`
// plays that one, or starts there when `--seeds` is given too. Ends with 1 when a seed fails, and shows its calls.
import { parseArgs } from "node:util";
import { describeFailure, simulate } from "../test/simulation/simulate.ts";
import { added, type Summary } from "../test/simulation/summary.ts";

const { values } = parseArgs({
  options: { seeds: { type: "string" }, seed: { type: "string" } },
});
const first = wholeNumber("--seed", values.seed ?? "1");
const count = wholeNumber("--seeds", values.seeds ?? (values.seed === undefined ? "50" : "1"));

const startedAtMs = performance.now();
const failed: number[] = [];
let total: Summary = {};
for (let seed = first; seed < first + count; seed += 1) {
  // oxlint-disable-next-line no-await-in-loop -- one at a time is what is wanted
  const run = await simulate(seed);
  total = added(total, run.summary);
  if (run.violations.length === 0) continue;
  failed.push(seed);
  console.log(describeFailure(run));
}
const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
const { messages: _, ...happened } = total;
for (const [what, times] of Object.entries(happened))
  console.log(`${String(times).padStart(8)} ${what}`);
const outcome = failed.length === 0 ? "all hold" : `failed: ${failed.join(", ")}`;
console.log(`${count} seeds, ${total["messages"] ?? 0} messages, ${seconds} s: ${outcome}`);
process.exit(failed.length === 0 ? 0 : 1);

function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  console.error(`${name} is "${text}"; a whole number from 1 up is wanted.`);
  process.exit(2);
}
