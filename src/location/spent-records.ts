import { getLastVersion } from "lmdb";
import { FIRST_KEY, type BytesDatabase } from "../lmdb/index.ts";
import type { Aor } from "../message/index.ts";
import { decodeRecord, isSpent } from "./record.ts";

/** Records looked at in one go: well under a millisecond. */
const RECLAIM_SLICE = 250;

/**
 * Gives back the space of AORs that died long ago. No timer and no scan: each writing pays for a look at one older
 * record, the walk goes on where it stopped and begins again at the end. Phones refresh hourly, so it is round
 * within hours; where nobody writes, nothing grows.
 */
export class SpentRecords {
  readonly #database: BytesDatabase<Aor>;
  #owed = 0;
  #nowMs = 0;
  #from = FIRST_KEY;

  constructor(database: BytesDatabase<Aor>) {
    this.#database = database;
  }

  /** One more was written, at that time. */
  owe(nowMs: number): void {
    this.#owed += 1;
    this.#nowMs = nowMs;
  }

  /** Looks at as many as are owed, and removes those that are spent. @returns the removals under way */
  reclaim(isPending: (aor: Aor) => boolean): Promise<boolean>[] {
    const limit = Math.min(this.#owed, RECLAIM_SLICE);
    this.#owed = 0;
    if (limit === 0) return [];
    const keys = [...this.#database.getKeys({ start: this.#from, limit })];
    const last = keys.at(-1);
    this.#from = last === undefined || keys.length < limit ? FIRST_KEY : `${last}\0`;
    const removals: Promise<boolean>[] = [];
    for (const key of keys) {
      const bytes = this.#database.getBinaryFast(key);
      if (bytes === undefined) continue;
      const version = getLastVersion();
      const record = decodeRecord(bytes, bytes.length, version);
      // What is not ours stays: whoever asks for it is told.
      if (record === undefined || !isSpent(record, this.#nowMs)) continue;
      if (!isPending(key)) removals.push(this.#database.remove(key, version));
    }
    return removals;
  }
}
