import type { Random } from "../../src/base/random.ts";
import { memoryLocationStore, type Binding, type LocationStore } from "../../src/location/index.ts";
import type { Aor } from "../../src/message/index.ts";
import type { VirtualTime } from "../../src/testing/index.ts";

/** One writing that took place, and whether it would survive the process. */
interface Written {
  readonly aor: Aor;
  readonly version: number;
  readonly bindings: readonly Binding[];
  readonly nowMs: number;
  isDurable: boolean;
}

/**
 * What outlives a server: its bindings, by the contract of a durable store. A writing is seen by readers at once,
 * resolves when it would survive the process, and may be gone after a kill that comes before that.
 */
export class Disk {
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #commitMaxMs: number;
  readonly #log: Written[] = [];
  /** Of two servers only the one that was opened last may write. */
  #openings = 0;

  /** Writings reach it in order, each after up to `commitMaxMs`; at once where that is 0. */
  constructor(time: VirtualTime, random: Random, commitMaxMs: number) {
    this.#time = time;
    this.#random = random;
    this.#commitMaxMs = commitMaxMs;
  }

  /** What a server that starts now finds. */
  async open(): Promise<LocationStore> {
    this.#openings += 1;
    const opening = this.#openings;
    const store = memoryLocationStore();
    for (const { aor, version, bindings, nowMs } of this.#log) {
      // oxlint-disable-next-line no-await-in-loop -- in the order in which it was written
      await store.replace(aor, version, bindings, nowMs);
    }
    const replace = store.replace.bind(store);
    store.replace = async (aor, version, bindings, nowMs) => {
      const outcome = await replace(aor, version, bindings, nowMs);
      if (outcome.kind === "conflict" || opening !== this.#openings) return outcome;
      const written: Written = {
        aor,
        version,
        bindings,
        nowMs,
        isDurable: this.#commitMaxMs === 0,
      };
      this.#log.push(written);
      if (!written.isDurable) await this.#committed(written);
      return outcome;
    };
    return store;
  }

  /** The process was killed: what was not yet on the disk is gone. */
  crash(): void {
    this.#openings += 1;
    const lost = this.#log.findIndex(({ isDurable }) => !isDurable);
    if (lost !== -1) this.#log.length = lost;
  }

  /** The process ended as it should, and waited for the disk. */
  flush(): void {
    for (const written of this.#log) written.isDurable = true;
  }

  /** Contacts of each address as they stand there, expired or not. */
  contacts(): ReadonlyMap<string, readonly string[]> {
    return new Map(
      this.#log.map(({ aor, bindings }) => [aor, bindings.map(({ contactUri }) => contactUri)]),
    );
  }

  #committed(written: Written): Promise<void> {
    return new Promise((resolve) => {
      this.#time.after(this.#random.fraction() * this.#commitMaxMs, () => {
        // Whatever was written before is on the disk by then as well.
        for (const earlier of this.#log) {
          earlier.isDurable = true;
          if (earlier === written) break;
        }
        resolve();
      });
    });
  }
}
