import type { BytesDatabase, LmdbEnvironment } from "../lmdb/index.ts";
import type { Aor } from "../message/index.ts";
import { BindingLog, removeLog, type FoundLog, type LogEntry } from "./binding-log.ts";
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

interface Writing {
  readonly entry: LogEntry;
  readonly after: LocationRecord;
  /** What was pending for that AOR before; undefined when nothing was. */
  readonly before: LocationRecord | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

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
  #group: Writing[] = [];
  #appending: Promise<void> | undefined;
  #storing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Ended logs of ours: they go when the storing under way is done. */
  #ended: string[] = [];
  #found: FoundLog[] = [];
  /** Why the last storing ended early; undefined when it did not. */
  #failure: unknown;

  constructor({ folder, environment, database, durability }: PendingWritesOptions) {
    this.#environment = environment;
    this.#database = database;
    this.#durability = durability;
    this.#log = new BindingLog(folder);
    this.#spent = new SpentRecords(database);
  }

  find(aor: Aor): LocationRecord | undefined {
    return this.#records.size === 0 ? undefined : this.#records.get(aor);
  }

  entries(): readonly (readonly [Aor, LocationRecord])[] {
    return [...this.#records];
  }

  get isFull(): boolean {
    return this.#records.size >= PENDING_LIMIT;
  }

  /** Resolves when another writing may begin. Rejects when LMDB does not take what waits. */
  async room(): Promise<void> {
    while (this.isFull) {
      await this.#store();
      if (this.#failure !== undefined) throw this.#failure;
    }
  }

  /** Seen by `find` at once; resolves when it has the durability asked for. A failure takes it back. */
  write(aor: Aor, after: LocationRecord, nowMs: number): Promise<void> {
    const before = this.#records.get(aor);
    const entry = { aor, version: after.version, bytes: encodeRecord(after) };
    this.#records.set(aor, after);
    this.#spent.owe(nowMs);
    return new Promise((resolve, reject) => {
      this.#group.push({ entry, after, before, resolve, reject });
      this.#appending ??= this.#appendSoon();
    });
  }

  /** A log that was found in the folder and is in LMDB: it goes once it is old enough to be nobody's. */
  removeWhenAbandoned(log: FoundLog): void {
    this.#found.push(log);
    this.#removeAbandoned();
  }

  /** Puts all that waits into LMDB. Rejects when that cannot be done: the logs keep it then. */
  async close(): Promise<void> {
    while (this.#appending !== undefined) await this.#appending;
    while (this.#storing !== undefined) await this.#storing;
    await this.#store();
    clearTimeout(this.#timer);
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #appendSoon(): Promise<void> {
    // All that one turn of the event loop writes becomes one system call.
    await new Promise((resolve) => setImmediate(resolve));
    const group = this.#group;
    this.#group = [];
    try {
      this.#log.append(group.map((writing) => writing.entry));
      if (this.#durability === "fsync") await this.#log.synced();
      for (const writing of group) writing.resolve();
    } catch (error) {
      this.#takeBack(group, error);
    }
    this.#appending = this.#group.length > 0 ? this.#appendSoon() : undefined;
    this.#storeLater();
  }

  // The log did not take them. LMDB may have got one all the same, then it is as if the acknowledgement was lost.
  #takeBack(group: readonly Writing[], error: unknown): void {
    for (const { entry, after, before, reject } of group.toReversed()) {
      if (this.#records.get(entry.aor) === after) {
        if (before === undefined) this.#records.delete(entry.aor);
        else this.#records.set(entry.aor, before);
      }
      reject(error);
    }
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
    const ended = this.#log.rotate();
    if (ended !== undefined) this.#ended.push(ended);
    // Each frame of the ended logs is among these, or a newer record of the same AOR is.
    const waiting = this.entries();
    try {
      for (let from = 0; from < waiting.length; from += STORE_SLICE) {
        await this.#storeSlice(waiting.slice(from, from + STORE_SLICE));
      }
      await this.#environment.flushed();
      for (const path of this.#ended.splice(0)) removeLog(path);
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
