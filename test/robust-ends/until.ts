import { setTimeout as wait } from "node:timers/promises";

const LIMIT_MS = 8_000;
const LOOK_EVERY_MS = 20;

/** Resolves as soon as it is so; rejects when it never is. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  for (let passedMs = 0; passedMs <= LIMIT_MS; passedMs += LOOK_EVERY_MS) {
    if (isSo()) return;
    // oxlint-disable-next-line no-await-in-loop
    await wait(LOOK_EVERY_MS);
  }
  throw new Error(`not within ${LIMIT_MS} ms: ${what}`);
}
