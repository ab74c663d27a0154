import {
  closeSync,
  fdatasync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Aor } from "../message/index.ts";

// Theory. A commit of LMDB waits for the disk, so it costs 0.3 ms of CPU and as many ms as the disk likes. A REGISTER
// needs less: its binding must survive our death, not the machine's. So each writing is first appended here (one
// `write` for all of one turn of the event loop: the kernel has it), and goes into LMDB within a second, many at a
// time. A log file lives until LMDB has on disk all that stands in it. What a killed process left behind is read by
// the next that opens the folder. Replaying is harmless, because a record carries its version: only what is newer
// than the store's counts.

/** One writing as it stands in a log. `bytes` is the record's stored form. */
export interface LogEntry {
  readonly aor: Aor;
  readonly version: number;
  readonly bytes: Buffer;
}

const MAGIC = Buffer.from("nexthop location log 1\n", "latin1");
const NAME = /^location-\d+-\d+\.log$/;
/** size of what follows the checksum u32 · crc32 of that u32 · version f64 · size of the key u16 · key · record */
const FRAME_HEAD_SIZE_BYTES = 18;

/**
 * Younger than this, a log found in the folder may belong to a server that runs: it is read, and left alone. A server
 * empties and removes its own within about a second.
 */
const ABANDONED_AFTER_MS = 10_000;

/** One file of it. Closed when it has ended and no sync is under way. */
interface LogFile {
  readonly path: string;
  readonly descriptor: number;
  sizeBytes: number;
  syncing: number;
  hasEnded: boolean;
}

/** The file being appended to; begun when there is something to append. */
export class BindingLog {
  readonly #folder: string;
  #file: LogFile | undefined;
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Appends all or nothing. When it returns, the entries survive this process. */
  append(entries: readonly LogEntry[]): void {
    this.#file ??= this.#begin();
    const frames = Buffer.concat(entries.map(encodeFrame));
    try {
      writeAll(this.#file.descriptor, frames);
      this.#file.sizeBytes += frames.length;
    } catch (error) {
      this.#cutBack(this.#file);
      throw error;
    }
  }

  /** Resolves when all that was appended to this file is on the disk. */
  synced(): Promise<void> {
    const file = this.#file;
    if (file === undefined) return Promise.resolve();
    file.syncing += 1;
    return new Promise((resolve, reject) => {
      fdatasync(file.descriptor, (error) => {
        file.syncing -= 1;
        closeIfDone(file);
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  /** Ends this file; the next append begins another. @returns its path, to be removed once it is in the store */
  rotate(): string | undefined {
    const file = this.#file;
    if (file === undefined) return undefined;
    this.#file = undefined;
    file.hasEnded = true;
    closeIfDone(file);
    return file.path;
  }

  #begin(): LogFile {
    for (;;) {
      this.#count += 1;
      const path = join(this.#folder, `location-${process.pid}-${this.#count}.log`);
      const descriptor = openNew(path);
      if (descriptor === undefined) continue;
      try {
        writeAll(descriptor, MAGIC);
      } catch (error) {
        closeSync(descriptor);
        removeLog(path);
        throw error;
      }
      return { path, descriptor, sizeBytes: MAGIC.length, syncing: 0, hasEnded: false };
    }
  }

  // Nothing may follow half a frame: readers stop there.
  #cutBack(file: LogFile): void {
    try {
      ftruncateSync(file.descriptor, file.sizeBytes);
    } catch {
      // Then the file ends here, torn, and what stands before the tear is still read.
      this.rotate();
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

/** Removes a log; one that is gone already is as good. */
export function removeLog(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
}

function encodeFrame(entry: LogEntry): Buffer {
  const keySizeBytes = entry.aor.length;
  const frame = Buffer.allocUnsafe(FRAME_HEAD_SIZE_BYTES + keySizeBytes + entry.bytes.length);
  frame.writeUInt32LE(frame.length - 8, 0);
  frame.writeDoubleLE(entry.version, 8);
  frame.writeUInt16LE(keySizeBytes, 16);
  frame.write(entry.aor, FRAME_HEAD_SIZE_BYTES, "latin1");
  entry.bytes.copy(frame, FRAME_HEAD_SIZE_BYTES + keySizeBytes);
  frame.writeUInt32LE(crc32(frame.subarray(8)), 4);
  return frame;
}

function decodeFrames(bytes: Buffer): LogEntry[] {
  const entries: LogEntry[] = [];
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return entries;
  let at = MAGIC.length;
  while (at + FRAME_HEAD_SIZE_BYTES <= bytes.length) {
    const end = at + 8 + bytes.readUInt32LE(at);
    if (end > bytes.length || end < at + FRAME_HEAD_SIZE_BYTES) break;
    if (crc32(bytes.subarray(at + 8, end)) !== bytes.readUInt32LE(at + 4)) break;
    const keyAt = at + FRAME_HEAD_SIZE_BYTES;
    const recordAt = keyAt + bytes.readUInt16LE(at + 16);
    entries.push({
      // The key was an Aor when it was written, and the checksum says that it is still.
      aor: bytes.toString("latin1", keyAt, recordAt) as Aor,
      version: bytes.readDoubleLE(at + 8),
      bytes: bytes.subarray(recordAt, end),
    });
    at = end;
  }
  return entries;
}

/** @returns undefined where a file is: left by a process that had our id before us */
function openNew(path: string): number | undefined {
  try {
    return openSync(path, "wx", 0o600);
  } catch (error) {
    if (isCode(error, "EEXIST")) return undefined;
    throw error;
  }
}

function closeIfDone(file: LogFile): void {
  if (file.hasEnded && file.syncing === 0) closeSync(file.descriptor);
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
