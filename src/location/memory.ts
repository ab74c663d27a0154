import { ServerError } from "../causes/index.ts";
import type { Aor } from "../message/index.ts";
import { heldAt, isSpent, NEVER_WRITTEN, recordAfter, type LocationRecord } from "./record.ts";
import type { Binding, Held, LocationStore, ReplaceOutcome } from "./store.ts";

/** How many older records each writing looks at, to give back those that are spent. One would do; two ends sooner. */
const RECLAIM_PER_WRITE = 2;

/** The twin of the LMDB store that forgets on exit: same answers, for tests, simulation and the lab. */
export function memoryLocationStore(): LocationStore {
  return new MemoryLocationStore();
}

class MemoryLocationStore implements LocationStore {
  readonly supports = { durable: false, sharedBetweenMachines: false };
  readonly #records = new Map<Aor, LocationRecord>();
  #reclaiming = this.#records.entries();
  #isClosed = false;

  lookup(aor: Aor, nowMs: number): Held {
    this.#insistOpen();
    const record = this.#records.get(aor);
    return record === undefined ? NEVER_WRITTEN : heldAt(record, nowMs);
  }

  replace(aor: Aor, version: number, bindings: readonly Binding[], nowMs: number): ReplaceOutcome {
    this.#insistOpen();
    const before = this.#records.get(aor) ?? NEVER_WRITTEN;
    if (before.version !== version) return { kind: "conflict", held: heldAt(before, nowMs) };
    this.#reclaim(nowMs);
    const after = recordAfter(before, [...bindings], nowMs);
    this.#records.set(aor, after);
    return { kind: "written", version: after.version };
  }

  *entries(nowMs: number): Iterable<readonly [Aor, Held]> {
    for (const [aor, record] of this.#records) {
      const held = heldAt(record, nowMs);
      if (held.bindings.length > 0) yield [aor, held];
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  // A live iterator over a Map survives additions and removals, and walks on where it stood.
  #reclaim(nowMs: number): void {
    for (let looked = 0; looked < RECLAIM_PER_WRITE; looked += 1) {
      const next = this.#reclaiming.next();
      if (next.done === true) {
        this.#reclaiming = this.#records.entries();
        return;
      }
      if (isSpent(next.value[1], nowMs)) this.#records.delete(next.value[0]);
    }
  }

  #insistOpen(): void {
    if (this.#isClosed) throw new ServerError("location-unreachable", "memory store: closed");
  }
}
