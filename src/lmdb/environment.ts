import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { open, type Database, type RootDatabase } from "lmdb";
import { assert } from "../base/assert.ts";
import { ServerError } from "../causes/index.ts";
import { insistOpenable } from "./insist-openable.ts";

/** The one file that location and directory share inside the data folder; its lock file stands beside it. */
export const STORE_FILE = "store.mdb";

/**
 * Longest key, in chars: LMDB takes 1,978 bytes with its usual page, and no address that people dial comes near this.
 * What is longer is never stored, so it is never found either.
 */
export const KEY_CHARS_MAX = 512;

/** How long closing waits where a commit has failed before. */
const CLOSE_WAIT_MS = 500;

/** Where a walk over all keys starts: lmdb's own default is not text, so each range needs a `start`. */
export const FIRST_KEY = "\0";

/** One database of an environment. Values are bytes, keys are latin1 text, kept in byte order. */
export type BytesDatabase<Key extends string = string> = Database<Buffer, Key>;

/** One LMDB environment: a folder, its databases, one writer at a time, any number of reading processes. */
export interface LmdbEnvironment {
  readonly folder: string;
  /** Opens or makes a database. `versions`: each value carries a number, and writes may be conditional on it. */
  database<Key extends string>(
    name: string,
    options: { readonly versions: boolean },
  ): BytesDatabase<Key>;
  /**
   * One transaction: what `run` puts and removes, at once and without waiting, is written whole or not at all. It
   * may return conditional writes, whose results come back in order. Resolves when it survives this process.
   */
  write(run: () => readonly Promise<boolean>[] | void): Promise<readonly boolean[]>;
  /** Resolves when all that was written before is on the disk. */
  flushed(): Promise<void>;
  /** Waits for writes under way, flushes, and lets go of the file. Closing twice does nothing. */
  close(): Promise<void>;
}

/** Where it lies. */
export interface LmdbOptions {
  /** The data folder; made, readable by its owner only, when it is not there. */
  readonly folder: string;
}

/**
 * Opens the environment in a folder. It may be opened several times, in one process or in several: readers never
 * block the writer. Commits survive `kill -9` when they resolve, and a power cut once flushed, which begins at once.
 *
 * @throws ServerError `store-unreadable`
 */
export function openLmdb({ folder }: LmdbOptions): LmdbEnvironment {
  const path = join(folder, STORE_FILE);
  let root: RootDatabase<Buffer, string>;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    insistOpenable(path);
    // Without turn batching each write here is a batch of its own, whose promise we hold: a turn's batch has one that
    // nobody holds, and when a commit fails its rejection ends the process.
    root = open<Buffer, string>({
      path,
      noSubdir: true,
      encoding: "binary",
      maxDbs: 8,
      eventTurnBatching: false,
    });
    // Whoever reads HA1 values can log in with them.
    chmodSync(path, 0o600);
  } catch (error) {
    throw unreadable(path, error);
  }
  let closing: Promise<void> | undefined;
  let hasFailed = false;
  return {
    folder,
    database: <Key extends string>(name: string, { versions }: { readonly versions: boolean }) => {
      try {
        const options = {
          encoding: "binary",
          useVersions: versions,
          keyEncoder: latin1Keys,
        } as const;
        return root.openDB<Buffer, Key>(name, options);
      } catch (error) {
        throw unreadable(path, error);
      }
    },
    write: async (run) => {
      let conditional: readonly Promise<boolean>[] = [];
      const committed = root.batch(() => {
        conditional = run() ?? [];
      });
      try {
        const [, ...results] = await Promise.all([committed, ...conditional]);
        return results;
      } catch (error) {
        hasFailed = true;
        throw await reasonOf(error);
      }
    },
    flushed: async () => {
      await root.flushed;
    },
    // After a commit that failed lmdb waits for its flush for ever.
    close: () =>
      (closing ??= hasFailed ? Promise.race([root.close(), afterMs(CLOSE_WAIT_MS)]) : root.close()),
  };
}

/** A failure of LMDB as our own error; our own errors pass as they are. */
export function unreadable(path: string, error: unknown): ServerError {
  if (error instanceof ServerError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ServerError("store-unreadable", `${path}: ${detail}`, { cause: error });
}

/** How many entries a database has; LMDB keeps the count. */
export function entryCountOf<Key extends string>(database: BytesDatabase<Key>): number {
  const stats: { entryCount?: unknown } = database.getStats();
  assert(typeof stats.entryCount === "number", "lmdb counts the entries of a database");
  return stats.entryCount;
}

function afterMs(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

// lmdb rejects each write with "see commitError", which is a promise that rejects with what happened.
async function reasonOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && "commitError" in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (reason) {
    return reason;
  }
}

/** Keys up to this many chars are copied one by one, which takes half as long as a call of `write`. */
const COPIED_CHARS_MAX = 64;

// Hot path: once for each look-up. AORs are latin1 text, copied as bytes, which keeps every one of them.
const latin1Keys = {
  // A key cut short by the buffer's end comes back as ending there, and lmdb writes it again into a fresh one.
  writeKey: (key: string, target: Buffer, start: number): number => {
    const { length } = key;
    if (length > COPIED_CHARS_MAX) return start + target.write(key, start, "latin1");
    for (let at = 0; at < length; at += 1) target[start + at] = key.charCodeAt(at);
    return start + length;
  },
  readKey: (source: Buffer, start: number, end: number): string =>
    source.toString("latin1", start, end),
};
