// Hot path: `find`, once for each search.
import { IF_EXISTS } from "lmdb";
import { ServerError } from "../causes/index.ts";
import {
  entryCountOf,
  FIRST_KEY,
  KEY_CHARS_MAX,
  openLmdb,
  STORE_FILE,
  type BytesDatabase,
  type LmdbEnvironment,
} from "../lmdb/index.ts";
import type { Aor } from "../message/index.ts";
import type { Directory, DirectoryEntry } from "./directory.ts";
import { decodeAlias, decodeSubscriber, encodeAlias, encodeSubscriber } from "./record.ts";

/** Entries put in one turn of the event loop, and in one transaction: a few ms. */
const PUT_SLICE = 250;

/** Where it lies. */
export interface LmdbDirectoryOptions {
  /** The data folder. */
  readonly folder: string;
  /** The folder's environment when it is open already; it stays its owner's to close. */
  readonly environment?: LmdbEnvironment;
}

/**
 * Subscribers and aliases in LMDB, off the heap. `find` is synchronous, about 2 µs; `size` is counted by LMDB. Up to
 * 250 entries in one `put` are all or nothing; a longer list goes in by slices of that many, in order, and the event
 * loop turns between them.
 *
 * @throws ServerError `store-unreadable` when the folder cannot be opened
 */
export function lmdbDirectory(options: LmdbDirectoryOptions): Directory {
  return new LmdbDirectory(options);
}

class LmdbDirectory implements Directory {
  readonly supports = { durable: true, sharedBetweenMachines: false };
  readonly #folder: string;
  readonly #environment: LmdbEnvironment;
  readonly #ownsEnvironment: boolean;
  // Two databases, so that LMDB's own counts tell how many subscribers there are. An AOR stands in one at most.
  readonly #subscribers: BytesDatabase<Aor>;
  readonly #aliases: BytesDatabase<Aor>;
  #closing: Promise<void> | undefined;

  constructor({ folder, environment }: LmdbDirectoryOptions) {
    this.#folder = folder;
    this.#environment = environment ?? openLmdb({ folder });
    this.#ownsEnvironment = environment === undefined;
    this.#subscribers = this.#environment.database("subscribers", { versions: false });
    this.#aliases = this.#environment.database("aliases", { versions: false });
  }

  get size(): number {
    this.#insistOpen();
    return entryCountOf(this.#subscribers);
  }

  find(aor: Aor): DirectoryEntry | undefined {
    this.#insistOpen();
    if (aor.length > KEY_CHARS_MAX) return undefined;
    let entry: DirectoryEntry | undefined;
    try {
      const subscriber = this.#subscribers.getBinaryFast(aor);
      if (subscriber !== undefined) {
        entry = decodeSubscriber(aor, subscriber, subscriber.length);
      } else {
        const alias = this.#aliases.getBinaryFast(aor);
        if (alias === undefined) return undefined;
        entry = decodeAlias(aor, alias, alias.length);
      }
    } catch (error) {
      throw this.#unreachable(error);
    }
    return entry ?? this.#foreign(aor);
  }

  async put(entries: readonly DirectoryEntry[]): Promise<void> {
    this.#insistOpen();
    for (const { aor } of entries) {
      if (aor.length > KEY_CHARS_MAX) {
        throw this.#unreachable(`an address of ${aor.length} chars, at most ${KEY_CHARS_MAX} fit`);
      }
    }
    for (let from = 0; from < entries.length; from += PUT_SLICE) {
      this.#insistOpen();
      try {
        await this.#putSlice(entries.slice(from, from + PUT_SLICE));
      } catch (error) {
        throw this.#unreachable(error);
      }
    }
  }

  async remove(aor: Aor): Promise<boolean> {
    this.#insistOpen();
    if (aor.length > KEY_CHARS_MAX) return false;
    try {
      const removed = await this.#environment.write(() =>
        [this.#subscribers, this.#aliases].map((database) => database.remove(aor, IF_EXISTS)),
      );
      return removed.includes(true);
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  *entries(kind?: DirectoryEntry["kind"]): Iterable<DirectoryEntry> {
    this.#insistOpen();
    if (kind !== "alias") {
      for (const { key: aor, value } of this.#subscribers.getRange(WHOLE)) {
        yield decodeSubscriber(aor, value, value.length) ?? this.#foreign(aor);
      }
    }
    if (kind !== "subscriber") {
      for (const { key: aor, value } of this.#aliases.getRange(WHOLE)) {
        yield decodeAlias(aor, value, value.length) ?? this.#foreign(aor);
      }
    }
  }

  close(): Promise<void> {
    // Writes under way are waited for by the environment.
    this.#closing ??= this.#ownsEnvironment ? this.#environment.close() : Promise.resolve();
    return this.#closing;
  }

  async #putSlice(slice: readonly DirectoryEntry[]): Promise<void> {
    // Encoded first, so that what cannot be encoded leaves nothing half written.
    const values = slice.map((entry) =>
      entry.kind === "subscriber" ? encodeSubscriber(entry) : encodeAlias(entry),
    );
    await this.#environment.write(() => {
      for (const [index, { kind, aor }] of slice.entries()) {
        const isSubscriber = kind === "subscriber";
        const into = isSubscriber ? this.#subscribers : this.#aliases;
        const outOf = isSubscriber ? this.#aliases : this.#subscribers;
        void into.put(aor, values[index] as Buffer);
        void outOf.remove(aor);
      }
    });
  }

  #insistOpen(): void {
    if (this.#closing !== undefined) throw this.#unreachable("closed");
  }

  #foreign(aor: Aor): never {
    throw this.#unreachable(`the record of ${aor} is not one of ours`);
  }

  #unreachable(reason: unknown): ServerError {
    if (reason instanceof ServerError) return reason;
    const detail = reason instanceof Error ? reason.message : String(reason);
    return new ServerError(
      "directory-unreachable",
      `lmdb ${this.#folder}/${STORE_FILE}: ${detail}`,
      { cause: reason },
    );
  }
}

// Without a snapshot: a long listing must not keep LMDB from using freed pages again.
const WHOLE = { start: FIRST_KEY, snapshot: false } as const;
