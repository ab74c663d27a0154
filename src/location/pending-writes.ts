import type { BytesDatabase, LmdbEnvironment } from "../lmdb/index.ts";
import type { Aor } from "../message/index.ts";
import { BindingLog, type FoundLog } from "./binding-log.ts";
import { removeLog } from "./log-file.ts";
import { encodeRecord, type LocationRecord } from "./record.ts";
import { SpentRecords } from "./spent-records.ts";

/** What a binding that was acknowledged survives: the end of the process, or of the machine. */
export type Durability = "process" | "fsync";

/** How long a writing may stay in the log alone. With LMDB's own flush it is on the disk within a second. */
const STORE_AFTER_MS = 500;
/** So many wait at most before they go into LMDB at once. */
const STORE_AT_COUNT = 2_000;
/** Put into LMDB in one turn of the event loop: about 3 ms. */
const STORE_SLICE = 1_000;
/** So many may wait in all; whoever writes beyond that waits for LMDB. */
export const PENDING_LIMIT = 5_000;
/** So many full logs may wait for LMDB: 128 MiB of them. */
const LOGS_LIMIT = 32;

export interface PendingWritesOptions {
  readonly folder: string;
  readonly environment: LmdbEnvironment;
  readonly database: BytesDatabase<Aor>;
  readonly durability: Durability;
}

/** What was written lately: in the log already, on its way into LMDB. Look-ups see it before they look there. */
export class PendingWrites {
  readonly #environment: LmdbEnvironment;
  readonly #database: BytesDatabase<Aor>;
  readonly #durability: Durability;
  readonly #log: BindingLog;
  readonly #spent: SpentRecords;
  readonly #records = new Map<Aor, LocationRecord>();
  /** The sync that has not begun: whoever is in the log before it begins is in it. */
  #nextSync: Promise<void> | undefined;
  #syncing: Promise<void> = Promise.resolve();
  #storing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #found: FoundLog[] = [];
  /** Why the last storing ended early; undefined when it did not. */
  #failure: unknown;

  constructor({ folder, environment, database, durability }: PendingWritesOptions) {
    this.#environment = environment;
    this.#database = database;
    this.#durability = durability;
    // What is memory too has to be synced as memory; a file that is written needs less care.
    this.#log = new BindingLog(folder, { mapped: durability === "process" });
    this.#spent = new SpentRecords(database);
  }

  find(aor: Aor): LocationRecord | undefined {
    return this.#records.size === 0 ? undefined : this.#records.get(aor);
  }

  entries(): readonly (readonly [Aor, LocationRecord])[] {
    return [...this.#records];
  }

  get isFull(): boolean {
    return this.#records.size >= PENDING_LIMIT || this.#log.endedCount >= LOGS_LIMIT;
  }

  /** Resolves when another writing may begin. Rejects when LMDB does not take what waits. */
  async room(): Promise<void> {
    while (this.isFull) {
      await this.#store();
      if (this.#failure !== undefined) throw this.#failure;
    }
  }

  /**
   * In the log and seen by `find` when it returns, and so safe from the end of this process. With `fsync` it resolves
   * when it is on the disk. @throws what the disk says; then nothing was written
   */
  write(aor: Aor, after: LocationRecord, nowMs: number): Promise<void> | undefined {
    this.#log.append(aor, after);
    const before = this.#records.get(aor);
    this.#records.set(aor, after);
    this.#spent.owe(nowMs);
    this.#storeLater();
    return this.#durability === "fsync" ? this.#onDisk(aor, after, before) : undefined;
  }

  /** A log that was found in the folder and is in LMDB: it goes once it is old enough to be nobody's. */
  removeWhenAbandoned(log: FoundLog): void {
    this.#found.push(log);
    this.#removeAbandoned();
  }

  /** Puts all that waits into LMDB. Rejects when that cannot be done: the logs keep it then. */
  async close(): Promise<void> {
    await this.#syncsBegun();
    while (this.#storing !== undefined) await this.#storing;
    await this.#store();
    clearTimeout(this.#timer);
    this.#log.close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** One sync serves all that were appended before it began. A failure takes the writing back. */
  async #onDisk(
    aor: Aor,
    after: LocationRecord,
    before: LocationRecord | undefined,
  ): Promise<void> {
    try {
      await (this.#nextSync ??= this.#syncNext());
    } catch (error) {
      // LMDB may have got it all the same: then it is as if the acknowledgement was lost.
      if (this.#records.get(aor) === after) {
        if (before === undefined) this.#records.delete(aor);
        else this.#records.set(aor, before);
      }
      throw error;
    }
  }

  /**
   * A sync is of the file that is appended to: that file may not end while somebody waits for a sync of it that has
   * not begun. One that has begun keeps its file open.
   */
  async #syncsBegun(): Promise<void> {
    while (this.#nextSync !== undefined) await this.#syncing.catch(() => undefined);
  }

  async #syncNext(): Promise<void> {
    await this.#syncing.catch(() => undefined);
    this.#nextSync = undefined;
    this.#syncing = this.#log.synced();
    await this.#syncing;
  }

  #storeLater(): void {
    // Also while a storing is under way: it does not take what comes after it began.
    this.#timer ??= setTimeout(() => void this.#store(), STORE_AFTER_MS);
    if (this.#records.size >= STORE_AT_COUNT) void this.#store();
  }

  /** Resolves when all that waited when it was called is in LMDB, or `#failure` says why not. */
  #store(): Promise<void> {
    this.#storing ??= this.#storeAll().finally(() => (this.#storing = undefined));
    return this.#storing;
  }

  async #storeAll(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#syncsBegun();
    this.#log.rotate();
    const ended = this.#log.endedCount;
    // Each frame of the ended logs is among these, or a newer record of the same AOR is.
    const waiting = this.entries();
    try {
      for (let from = 0; from < waiting.length; from += STORE_SLICE) {
        await this.#storeSlice(waiting.slice(from, from + STORE_SLICE));
      }
      await this.#environment.flushed();
      this.#log.letGo(ended);
      this.#failure = undefined;
    } catch (error) {
      // The logs have it; the next round tries again.
      this.#failure = error;
      this.#timer ??= setTimeout(() => void this.#store(), STORE_AFTER_MS);
      return;
    }
    this.#removeAbandoned();
  }

  async #storeSlice(slice: readonly (readonly [Aor, LocationRecord])[]): Promise<void> {
    await this.#environment.write(() => {
      for (const [aor, record] of slice) {
        void this.#database.put(aor, encodeRecord(record), record.version);
      }
      return this.#spent.reclaim((aor) => this.#records.has(aor));
    });
    for (const [aor, record] of slice) {
      if (this.#records.get(aor) === record) this.#records.delete(aor);
    }
  }

  #removeAbandoned(): void {
    const nowMs = Date.now();
    this.#found = this.#found.filter((log) => {
      if (!log.isAbandoned(nowMs)) return true;
      removeLog(log.path);
      return false;
    });
  }
}
