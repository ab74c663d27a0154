import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Aor } from "../message/index.ts";
import { isCode, openLogFile, removeLog, type LogFile } from "./log-file.ts";
import { decodeFrames, type LogEntry } from "./log-frame.ts";
import type { LocationRecord } from "./record.ts";

// Theory. A commit of LMDB waits for the disk, so it costs 0.3 ms of CPU and as many ms as the disk likes. A REGISTER
// needs less: its binding must survive our death, not the machine's. So each writing is first appended here, to a file
// that is memory or by a `write` (the kernel has it, either way), and goes into LMDB within a second, many at a time. A
// log file lives until LMDB has on disk all that stands in it. What a killed process left behind is read by the next
// that opens the folder. Replaying is harmless, because a record carries its version: only what is newer than the
// store's counts.

const NAME = /^location-\d+-\d+\.log(?:\.spare)?$/;

/**
 * Younger than this, a log found in the folder may belong to a server that runs: it is read, and left alone. A server
 * empties its own within about a second.
 */
const ABANDONED_AFTER_MS = 10_000;

/** Emptied files kept to be begun again: making one costs a millisecond. */
const SPARE_FILES = 2;

/** The file being appended to; begun when there is something to append. */
export class BindingLog {
  readonly #folder: string;
  readonly #mapped: boolean;
  #file: LogFile | undefined;
  #count = 0;
  /** Full or rotated, and not yet in the store. */
  readonly #ended: LogFile[] = [];
  readonly #spare: LogFile[] = [];

  constructor(folder: string, options: { readonly mapped: boolean }) {
    this.#folder = folder;
    this.#mapped = options.mapped;
  }

  get endedCount(): number {
    return this.#ended.length;
  }

  /** Appends all of it or nothing. When it returns, the entry survives this process. @throws what the disk says */
  append(aor: Aor, record: LocationRecord): void {
    this.#file ??= this.#begin();
    if (this.#file.append(aor, record)) return;
    this.rotate();
    this.#file = this.#begin();
    if (!this.#file.append(aor, record)) throw new Error(`${this.#file.path} takes nothing`);
  }

  /** Resolves when all that was appended to this file is on the disk. */
  synced(): Promise<void> {
    const file = this.#file;
    if (file === undefined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      file.sync((error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  /** Ends this file; the next append begins another. */
  rotate(): void {
    if (this.#file === undefined) return;
    this.#file.end();
    this.#ended.push(this.#file);
    this.#file = undefined;
  }

  /** The first `count` that ended are in the store. */
  letGo(count: number): void {
    for (const file of this.#ended.splice(0, count)) {
      if (this.#spare.length < SPARE_FILES && file.setAside()) this.#spare.push(file);
      else removeLog(file.path);
    }
  }

  /** Nothing will be appended any more: what is empty goes. */
  close(): void {
    for (const file of this.#spare.splice(0)) removeLog(file.path);
  }

  #begin(): LogFile {
    const spare = this.#spare.pop();
    if (spare !== undefined) {
      spare.beginAgain();
      return spare;
    }
    for (;;) {
      this.#count += 1;
      const path = join(this.#folder, `location-${process.pid}-${this.#count}.log`);
      const file = openLogFile(path, this.#mapped);
      if (file !== undefined) return file;
    }
  }
}

export interface FoundLog {
  readonly path: string;
  readonly isAbandoned: (nowMs: number) => boolean;
  readonly entries: readonly LogEntry[];
}

/** The logs in a folder, oldest first. A torn end is what a killed process was writing: it never was acknowledged. */
export function findLogs(folder: string): readonly FoundLog[] {
  const logs: (FoundLog & { readonly modifiedAtMs: number })[] = [];
  for (const name of readdirSync(folder)) {
    if (!NAME.test(name)) continue;
    const path = join(folder, name);
    try {
      const modifiedAtMs = statSync(path).mtimeMs;
      logs.push({
        path,
        modifiedAtMs,
        isAbandoned: (nowMs) => nowMs - modifiedAtMs > ABANDONED_AFTER_MS,
        entries: decodeFrames(readFileSync(path)),
      });
    } catch (error) {
      // Its owner was done with it in this moment.
      if (!isCode(error, "ENOENT")) throw error;
    }
  }
  return logs.toSorted((a, b) => a.modifiedAtMs - b.modifiedAtMs);
}
