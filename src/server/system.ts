import { randomFillSync } from "node:crypto";
import { networkInterfaces } from "node:os";
import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";

const POOL_SIZE_BYTES = 8_192;
/** setTimeout takes no more than this; a longer wait is booked again when it is over. */
const TIMEOUT_MAX_MS = 2_147_483_647;

/** Wall-clock time that never goes back: the time of the start, and what has passed since by the steady clock. */
export function systemClock(): Clock {
  let timer: NodeJS.Timeout | undefined;
  return {
    nowMs,
    wakeAt: (atMs, wake) => {
      clearTimeout(timer);
      if (atMs === Infinity) return;
      // Rounded up: a timer that fires early would find nothing due and be booked again.
      const delayMs = Math.min(Math.max(0, Math.ceil(atMs - nowMs())), TIMEOUT_MAX_MS);
      timer = setTimeout(wake, delayMs);
    },
  };
}

/**
 * Randomness of the operating system, fetched in blocks.
 *
 * Hot path: 128 bits for each branch.
 */
export function systemRandom(): Random {
  const pool = Buffer.alloc(POOL_SIZE_BYTES);
  let at = POOL_SIZE_BYTES;
  const take = (sizeBytes: number): number => {
    if (at + sizeBytes > POOL_SIZE_BYTES) {
      randomFillSync(pool);
      at = 0;
    }
    at += sizeBytes;
    return at - sizeBytes;
  };
  return {
    hex128: () => {
      const start = take(16);
      return pool.toString("hex", start, start + 16);
    },
    fraction: () => pool.readUInt32LE(take(4)) / 0x1_0000_0000,
  };
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Every address of this machine, IPv6 without its zone. */
export function localAddresses(): readonly string[] {
  const addresses: string[] = [];
  for (const list of Object.values(networkInterfaces())) {
    for (const { address } of list ?? []) addresses.push(address.split("%")[0] ?? address);
  }
  return addresses;
}
