import {
  closeSync,
  fdatasync,
  ftruncateSync,
  futimesSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { createRequire } from "node:module";
import { getSystemErrorName } from "node:util";
import type { Aor } from "../message/index.ts";
import { encodeFrame, frameSizeBytes, MAGIC } from "./log-frame.ts";
import type { LocationRecord } from "./record.ts";

/** The room of a mapped log: half a second of 20,000 REGISTERs. */
const MAPPED_SIZE_BYTES = 4 * 1024 * 1024;

/** How the name of a file that is set aside ends. */
export const SPARE = ".spare";

/** One file of the log. What `append` was given survives this process from the moment that it returns. */
export interface LogFile {
  /** `….log`; `….spare` while it is empty and kept to be begun again. */
  readonly path: string;
  /** @returns false when there is no room: another file has to take it. @throws what the disk says */
  append(aor: Aor, record: LocationRecord): boolean;
  /** Calls back when all that was appended is on the disk. */
  sync(done: (error: Error | null) => void): void;
  /** Nothing is appended any more. */
  end(): void;
  /** Makes it empty and sets it aside. @returns false for a file that is not worth keeping */
  setAside(): boolean;
  /** Begins it again. */
  beginAgain(): void;
}

interface Addon {
  map(descriptor: number, sizeBytes: number): Buffer;
}

let addon: Addon | undefined | null = null;

/** A new file, as memory where the addon was built. @returns undefined where a file is, left by an earlier process */
export function openLogFile(path: string, mapped: boolean): LogFile | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, "wx+", 0o600);
  } catch (error) {
    if (isCode(error, "EEXIST")) return undefined;
    throw error;
  }
  try {
    const mapping = mapped ? loadAddon() : undefined;
    return mapping === undefined
      ? new WrittenLogFile(path, descriptor)
      : new MappedLogFile(path, descriptor, mapping.map(descriptor, MAPPED_SIZE_BYTES));
  } catch (error) {
    closeSync(descriptor);
    removeLog(path);
    throw named(error);
  }
}

/** Removes a log; one that is gone already is as good. */
export function removeLog(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/**
 * The file is memory of ours and of the kernel: a writing is a copy into it.
 *
 * Hot path: `append`, once for each REGISTER that changes something.
 */
class MappedLogFile implements LogFile {
  path: string;
  readonly #descriptor: number;
  readonly #bytes: Buffer;
  #used = MAGIC.length;

  constructor(path: string, descriptor: number, bytes: Buffer) {
    this.path = path;
    this.#descriptor = descriptor;
    this.#bytes = bytes;
    MAGIC.copy(bytes);
  }

  append(aor: Aor, record: LocationRecord): boolean {
    if (this.#used + frameSizeBytes(aor, record) > this.#bytes.length) return false;
    this.#used = encodeFrame(this.#bytes, this.#used, aor, record);
    return true;
  }

  sync(done: (error: Error | null) => void): void {
    fdatasync(this.#descriptor, done);
  }

  end(): void {
    // It stays open: it will be used again.
  }

  setAside(): boolean {
    this.#bytes.writeUInt32LE(0, MAGIC.length);
    this.#used = MAGIC.length;
    this.#rename(`${this.path}${SPARE}`);
    return true;
  }

  beginAgain(): void {
    // Stores into memory do not count as changes of the file: without this it would look abandoned.
    const now = new Date();
    futimesSync(this.#descriptor, now, now);
    this.#rename(this.path.slice(0, -SPARE.length));
  }

  #rename(path: string): void {
    renameSync(this.path, path);
    this.path = path;
  }
}

/** Each writing is one `write`. */
class WrittenLogFile implements LogFile {
  readonly path: string;
  readonly #descriptor: number;
  #frame: Buffer = Buffer.allocUnsafe(4_096);
  #sizeBytes = MAGIC.length;
  #syncing = 0;
  #hasEnded = false;

  constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
    writeAll(descriptor, MAGIC, MAGIC.length);
  }

  append(aor: Aor, record: LocationRecord): boolean {
    if (this.#hasEnded) return false;
    const sizeBytes = frameSizeBytes(aor, record);
    if (sizeBytes > this.#frame.length) this.#frame = Buffer.allocUnsafe(2 * sizeBytes);
    const end = encodeFrame(this.#frame, 0, aor, record);
    try {
      writeAll(this.#descriptor, this.#frame, end);
    } catch (error) {
      this.#cutBack();
      throw error;
    }
    this.#sizeBytes += end;
    return true;
  }

  sync(done: (error: Error | null) => void): void {
    this.#syncing += 1;
    fdatasync(this.#descriptor, (error) => {
      this.#syncing -= 1;
      this.#closeIfDone();
      done(error);
    });
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#closeIfDone();
  }

  setAside(): boolean {
    return false;
  }

  beginAgain(): void {
    throw new Error("a written log is not kept");
  }

  // Nothing may follow half a frame: readers stop there.
  #cutBack(): void {
    try {
      ftruncateSync(this.#descriptor, this.#sizeBytes);
    } catch {
      // Then the file ends here, torn, and what stands before the tear is still read.
      this.end();
    }
  }

  #closeIfDone(): void {
    if (this.#hasEnded && this.#syncing === 0) closeSync(this.#descriptor);
  }
}

function loadAddon(): Addon | undefined {
  if (addon !== null) return addon;
  addon = undefined;
  if (process.env["NEXTHOP_NATIVE"] === "off") return undefined;
  try {
    addon = createRequire(import.meta.url)("../../build/mapped-file.node") as Addon;
  } catch {
    // Not built here: no compiler, or not Linux.
  }
  return addon;
}

function writeAll(descriptor: number, bytes: Buffer, end: number): void {
  let written = 0;
  while (written < end) written += writeSync(descriptor, bytes, written, end - written);
}

/** What the addon throws, as Node's own errors read. */
function named(error: unknown): unknown {
  if (!(error instanceof Error) || !("errno" in error) || "code" in error) return error;
  const code = getSystemErrorName(-Number(error.errno));
  const message = `${code}: ${error.message.toLowerCase()}, a log of ${MAPPED_SIZE_BYTES} bytes`;
  return Object.assign(new Error(message, { cause: error }), { code });
}
