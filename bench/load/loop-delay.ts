// Loaded into a server before it starts (`--import`): how long its event loop was held up, told on stderr at the end.
import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks";

const RESOLUTION_MS = 1;
/** Warming up is not looked at. */
const FROM_MS = 15_000;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
let longestCollectionMs = 0;
let collections = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) {
    collections += 1;
    longestCollectionMs = Math.max(longestCollectionMs, duration);
  }
}).observe({ entryTypes: ["gc"] });
setTimeout(() => {
  delay.enable();
  longestCollectionMs = 0;
  collections = 0;
}, FROM_MS).unref();
function ms(nanoseconds: number): string {
  return Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS).toFixed(1);
}

process.on("exit", () => {
  const figures = {
    p50Ms: ms(delay.percentile(50)),
    p99Ms: ms(delay.percentile(99)),
    p999Ms: ms(delay.percentile(99.9)),
    maxMs: ms(delay.max),
    collections,
    longestCollectionMs: longestCollectionMs.toFixed(1),
  };
  process.stderr.write(`event loop ${JSON.stringify(figures)}\n`);
});
