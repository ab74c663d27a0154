import { setTimeout as wait } from "node:timers/promises";

/** How long a peer may take for what a test waits for: on loopback, on a machine that is busy. */
const LIMIT_MS = 10_000;
const LOOK_EVERY_MS = 10;

/** Resolves with what `look` finds as soon as it finds something; rejects with `complaint` when it never does. */
export async function until<Found>(
  look: () => Found | undefined,
  complaint: () => string,
): Promise<Found> {
  for (let passedMs = 0; passedMs <= LIMIT_MS; passedMs += LOOK_EVERY_MS) {
    const found = look();
    if (found !== undefined) return found;
    // oxlint-disable-next-line no-await-in-loop
    await wait(LOOK_EVERY_MS);
  }
  throw new Error(complaint());
}
