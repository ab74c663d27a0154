/** How far behind the highest count seen a request may come in: UDP and forks reorder (RFC 7616 §3.4.6). */
export const NONCE_COUNT_WINDOW = 64;

/** Nonces whose counts are remembered, by default; about 200 bytes each. */
export const NONCES_TRACKED_MAX = 50_000;

interface Window {
  readonly mintedAtMs: number;
  highest: number;
  /** Bit n of the pair: `highest - n` was seen. */
  seenLow: number;
  seenHigh: number;
}

/**
 * Which counts of which nonce were used. Bounded: the oldest makes room, and every nonce minted up to that one's time
 * is then refused as stale unless it is still in the table, so that forgetting never lets a replay in.
 */
export class NonceCounts {
  readonly #byNonce = new Map<string, Window>();
  readonly #trackedMax: number;
  readonly #lifetimeMs: number;
  #forgottenUpToMs = -Infinity;

  constructor(trackedMax: number, lifetimeMs: number) {
    this.#trackedMax = trackedMax;
    this.#lifetimeMs = lifetimeMs;
  }

  get size(): number {
    return this.#byNonce.size;
  }

  /** Marks one count as used. `seen`: it was used, or is too far behind to tell. `forgotten`: the nonce gave way. */
  use(
    nonce: string,
    mintedAtMs: number,
    count: number,
    nowMs: number,
  ): "fresh" | "seen" | "forgotten" {
    const window = this.#byNonce.get(nonce);
    if (window !== undefined) return markUsed(window, count) ? "fresh" : "seen";
    if (mintedAtMs <= this.#forgottenUpToMs) return "forgotten";
    this.#makeRoom(nowMs);
    this.#byNonce.set(nonce, { mintedAtMs, highest: count, seenLow: 1, seenHigh: 0 });
    return "fresh";
  }

  /** Two at most for each one that comes: expired ones go long before the limit is felt. */
  #makeRoom(nowMs: number): void {
    let dropped = 0;
    for (const [nonce, window] of this.#byNonce) {
      const hasExpired = window.mintedAtMs + this.#lifetimeMs < nowMs;
      if (dropped === 2 || (!hasExpired && this.#byNonce.size < this.#trackedMax)) return;
      this.#byNonce.delete(nonce);
      dropped += 1;
      // What has expired is refused by its age; only a living nonce moves the border.
      if (!hasExpired) this.#forgottenUpToMs = Math.max(this.#forgottenUpToMs, window.mintedAtMs);
    }
  }
}

function markUsed(window: Window, count: number): boolean {
  if (count > window.highest) {
    shift(window, count - window.highest);
    window.highest = count;
    window.seenLow |= 1;
    return true;
  }
  const behind = window.highest - count;
  if (behind >= NONCE_COUNT_WINDOW) return false;
  const bit = 1 << (behind & 31);
  if (behind < 32) {
    if ((window.seenLow & bit) !== 0) return false;
    window.seenLow |= bit;
  } else {
    if ((window.seenHigh & bit) !== 0) return false;
    window.seenHigh |= bit;
  }
  return true;
}

function shift(window: Window, by: number): void {
  if (by >= 64) {
    window.seenLow = 0;
    window.seenHigh = 0;
  } else if (by >= 32) {
    window.seenHigh = window.seenLow << (by - 32);
    window.seenLow = 0;
  } else {
    window.seenHigh = (window.seenHigh << by) | (window.seenLow >>> (32 - by));
    window.seenLow <<= by;
  }
}
