// Hot path: `lookup`, once for each request that is routed here. The writing side is in pending-writes.ts.
import { getLastVersion } from "lmdb";
import { ServerError } from "../causes/index.ts";
import {
  FIRST_KEY,
  KEY_CHARS_MAX,
  openLmdb,
  STORE_FILE,
  unreadable,
  type BytesDatabase,
  type LmdbEnvironment,
} from "../lmdb/index.ts";
import type { Aor } from "../message/index.ts";
import { findLogs } from "./binding-log.ts";
import { PendingWrites, type Durability } from "./pending-writes.ts";
import { decodeRecord, heldAt, NEVER_WRITTEN, recordAfter } from "./record.ts";
import type { LocationRecord } from "./record.ts";
import type { Binding, Held, LocationStore, ReplaceOutcome } from "./store.ts";

/** Where it lies, and how sure an acknowledgement is. */
export interface LmdbLocationOptions {
  /** The data folder. One process writes at a time: `serve` holds a lock on it. */
  readonly folder: string;
  /** The folder's environment when it is open already; it stays its owner's to close. */
  readonly environment?: LmdbEnvironment;
  /**
   * `process` (default): acknowledged when the binding survives `kill -9`; on the disk within a second.
   * `fsync`: acknowledged when it is on the disk.
   */
  readonly durability?: Durability;
}

/**
 * Bindings in LMDB, off the heap, so that a million cost the collector nothing and a restart loads none. Look-ups are
 * synchronous, about 2 µs. An AOR longer than 512 chars is never found.
 *
 * @throws ServerError `store-unreadable` when the folder cannot be opened
 */
export function lmdbLocationStore(options: LmdbLocationOptions): LocationStore {
  return new LmdbLocationStore(options);
}

class LmdbLocationStore implements LocationStore {
  readonly supports = { durable: true, sharedBetweenMachines: false };
  readonly #folder: string;
  readonly #environment: LmdbEnvironment;
  readonly #ownsEnvironment: boolean;
  readonly #database: BytesDatabase<Aor>;
  readonly #pending: PendingWrites;
  #closing: Promise<void> | undefined;

  constructor({ folder, environment, durability = "process" }: LmdbLocationOptions) {
    this.#folder = folder;
    this.#environment = environment ?? openLmdb({ folder });
    this.#ownsEnvironment = environment === undefined;
    this.#database = this.#environment.database("location", { versions: true });
    this.#pending = new PendingWrites({
      folder,
      environment: this.#environment,
      database: this.#database,
      durability,
    });
    this.#recover();
  }

  lookup(aor: Aor, nowMs: number): Held {
    return heldAt(this.#pending.find(aor) ?? this.#read(aor), nowMs);
  }

  replace(
    aor: Aor,
    version: number,
    bindings: readonly Binding[],
    nowMs: number,
  ): ReplaceOutcome | Promise<ReplaceOutcome> {
    if (aor.length > KEY_CHARS_MAX) {
      throw this.#unreachable(`an address of ${aor.length} chars, at most ${KEY_CHARS_MAX} fit`);
    }
    if (this.#pending.isFull) {
      return this.#room().then(() => this.replace(aor, version, bindings, nowMs));
    }
    const before = this.#pending.find(aor) ?? this.#read(aor);
    if (before.version !== version) return { kind: "conflict", held: heldAt(before, nowMs) };
    const after = recordAfter(before, [...bindings], nowMs);
    const written = { kind: "written", version: after.version } as const;
    try {
      const onDisk = this.#pending.write(aor, after, nowMs);
      return onDisk === undefined ? written : this.#whenOnDisk(onDisk, written);
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  *entries(nowMs: number): Iterable<readonly [Aor, Held]> {
    const seen = new Set<string>();
    for (const [aor, record] of this.#pending.entries()) {
      seen.add(aor);
      const held = heldAt(record, nowMs);
      if (held.bindings.length > 0) yield [aor, held];
    }
    for (const aor of this.#database.getKeys(WHOLE)) {
      if (seen.has(aor)) continue;
      const held = heldAt(this.#read(aor), nowMs);
      if (held.bindings.length > 0) yield [aor, held];
    }
  }

  async #whenOnDisk(onDisk: Promise<void>, written: ReplaceOutcome): Promise<ReplaceOutcome> {
    try {
      await onDisk;
    } catch (error) {
      throw this.#unreachable(error);
    }
    return written;
  }

  async #room(): Promise<void> {
    try {
      await this.#pending.room();
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#pending.close();
    } catch (error) {
      throw this.#unreachable(error);
    } finally {
      if (this.#ownsEnvironment) await this.#environment.close();
    }
  }

  #read(aor: Aor): LocationRecord {
    if (this.#closing !== undefined) throw this.#unreachable("closed");
    if (aor.length > KEY_CHARS_MAX) return NEVER_WRITTEN;
    let record: LocationRecord | undefined;
    try {
      const bytes = this.#database.getBinaryFast(aor);
      if (bytes === undefined) return NEVER_WRITTEN;
      record = decodeRecord(bytes, bytes.length, getLastVersion());
    } catch (error) {
      throw this.#unreachable(error);
    }
    if (record === undefined) throw this.#unreachable(`the record of ${aor} is not one of ours`);
    return record;
  }

  // What a killed process had acknowledged and not yet put here. In one transaction, so that of two processes that
  // find the same log each sees what the other did.
  #recover(): void {
    const logs = findLogs(this.#folder);
    if (logs.length === 0) return;
    try {
      this.#database.transactionSync(() => {
        for (const { aor, version, bytes } of logs.flatMap((log) => log.entries)) {
          const stored = this.#database.getBinaryFast(aor) === undefined ? 0 : getLastVersion();
          if (version >= stored) this.#database.putSync(aor, bytes, version);
        }
      });
    } catch (error) {
      throw unreadable(this.#folder, error);
    }
    for (const log of logs) this.#pending.removeWhenAbandoned(log);
  }

  #unreachable(reason: unknown): ServerError {
    if (reason instanceof ServerError) return reason;
    const detail = reason instanceof Error ? reason.message : String(reason);
    return new ServerError(
      "location-unreachable",
      `lmdb ${this.#folder}/${STORE_FILE}: ${detail}`,
      { cause: reason },
    );
  }
}

// Without a snapshot: a long listing must not keep LMDB from using freed pages again.
const WHOLE = { start: FIRST_KEY, snapshot: false } as const;
