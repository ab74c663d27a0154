import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const LOOK_EVERY_MS = 5_000;
/** Fewer messages than this between two looks is quiet. */
const QUIET_MESSAGES = 100;
/** A heap of less is nothing to give back. */
const HEAP_WORTH_BYTES = 96 * 1024 * 1024;

/**
 * After a busy spell V8 keeps the pages it grew to, and without work it never looks at them again: 300 MB for what is
 * 30 MB alive. When the server has become quiet, once for each such spell, this collects thoroughly and gives the
 * pages back. It stops the process for some 50 ms, at a time when nobody waits.
 *
 * @returns how to end it
 */
export function returnMemoryWhenQuiet(messageCount: () => number): () => void {
  // The collector is not reachable otherwise; the flag changes nothing but that it can be called.
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as (options: object) => void;
  let seen = messageCount();
  let isDone = true;
  const timer = setInterval(() => {
    const count = messageCount();
    const isQuiet = count - seen < QUIET_MESSAGES;
    seen = count;
    if (!isQuiet) isDone = false;
    if (!isQuiet || isDone || process.memoryUsage().heapTotal < HEAP_WORTH_BYTES) return;
    // What lingers for 32 s after the spell is still alive at the first look; the heap then stays worth another.
    collect({ type: "major", execution: "sync", flavor: "last-resort" });
    isDone = process.memoryUsage().heapTotal < HEAP_WORTH_BYTES;
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
