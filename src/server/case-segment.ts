import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { currentKinds, decodeRecord, type KindTable } from "./case-encoding.ts";
import type { TraceRecord } from "../trace/index.ts";
import { PENDING } from "./case-keys.ts";

export const BATCH_HEADER_BYTES = 16;
export const RECORD_HEADER_BYTES = 40;
const BATCH_MAGIC = 0x4248_584e; // "NXHB"
const FIRST_LINE = "nexthop cases 1 ";
const WORDS = 6;

/** The words of the index: where the record begins, three hashes to find it by, its flags. */
export const WORD = { offset: 0, case: 1, call: 2, to: 3, uri: 4, flags: 5 } as const;

/** Successes and failures lie in files of their own, so that the oldest uninteresting ones go by dropping a file. */
export type SegmentStream = "s" | "f";

/**
 * A run of records, in a file or (without a data folder) in memory, with a small index outside the JavaScript heap:
 * 32 bytes a record. Batches carry a checksum; reading stops at the first that is torn.
 */
export class CaseSegment {
  readonly stream: SegmentStream;
  readonly id: number;
  readonly path: string | undefined;
  /** Everything written so far, the first line included. */
  sizeBytes = 0;
  count = 0;
  newestAtMs = 0;
  startedAtMs = 0;
  isLoaded = false;
  #kinds: KindTable = currentKinds;
  #words = new Uint32Array(64 * WORDS);
  #ended = new Float64Array(64);
  /** Batches that are not in the file (yet): all of them, without a data folder. */
  readonly #batches: { readonly offset: number; readonly bytes: Buffer }[] = [];

  constructor(stream: SegmentStream, id: number, path: string | undefined) {
    this.stream = stream;
    this.id = id;
    this.path = path;
  }

  /** Adds one record to the index; its bytes, header included, lie at `offset`. */
  index(bytes: Buffer, at: number, offset: number): void {
    const index = this.count;
    if (index === this.#ended.length) this.#grow();
    const words = this.#words;
    const base = index * WORDS;
    words[base] = offset;
    for (let word = 1; word < WORDS; word += 1) {
      words[base + word] = bytes.readUInt32LE(at + word * 4);
    }
    const endedAtMs = bytes.readDoubleLE(at + 32);
    this.#ended[index] = endedAtMs;
    if (endedAtMs > this.newestAtMs) this.newestAtMs = endedAtMs;
    this.count = index + 1;
  }

  #grow(): void {
    const words = new Uint32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
    const ended = new Float64Array(this.#ended.length * 2);
    ended.set(this.#ended);
    this.#ended = ended;
  }

  callHashAt(index: number): number {
    return this.#words[index * WORDS + WORD.call] as number;
  }

  flagsAt(index: number): number {
    return this.#words[index * WORDS + WORD.flags] as number;
  }

  endedAtMsAt(index: number): number {
    return this.#ended[index] as number;
  }

  /** The records with that hash in that word; no object for the others. */
  *matches(word: number, hash: number): Iterable<number> {
    const words = this.#words;
    for (let index = 0, at = word; index < this.count; index += 1, at += WORDS) {
      if (words[at] === hash) yield index;
    }
  }

  hold(offset: number, bytes: Buffer): void {
    this.#batches.push({ offset, bytes });
  }

  /** The batch is in the file now: its bytes may be used again. */
  release(offset: number): void {
    const index = this.#batches.findIndex((batch) => batch.offset === offset);
    if (index !== -1) this.#batches.splice(index, 1);
  }

  /** The batch could not be written: these bytes are read in place of a file's until they are released. */
  keepInMemory(offset: number, bytes: Buffer): void {
    const index = this.#batches.findIndex((batch) => batch.offset === offset);
    if (index !== -1) this.#batches[index] = { offset, bytes };
  }

  read(index: number): TraceRecord | undefined {
    const offset = this.#words[index * WORDS + WORD.offset] as number;
    // The last that begins before it: a batch still being filled has a buffer longer than it needs.
    const held = this.#batches.findLast((batch) => batch.offset <= offset);
    if (held !== undefined && offset < held.offset + held.bytes.length) {
      const at = offset - held.offset;
      const end = at + held.bytes.readUInt32LE(at);
      return this.#decode(index, held.bytes.subarray(at, end));
    }
    if (this.path === undefined) return undefined;
    const bytes = readRange(this.path, offset);
    return bytes === undefined ? undefined : this.#decode(index, bytes);
  }

  #decode(index: number, bytes: Buffer): TraceRecord | undefined {
    const caseHash = this.#words[index * WORDS + WORD.case] as number;
    const endedAtMs = bytes.readDoubleLE(32);
    const isPending = (this.flagsAt(index) & PENDING) !== 0;
    return decodeRecord(bytes, RECORD_HEADER_BYTES, bytes.length, {
      caseId: caseHash.toString(16).padStart(8, "0"),
      startedAtMs: bytes.readDoubleLE(24),
      endedAtMs: isPending ? undefined : endedAtMs,
      kinds: this.#kinds,
    });
  }

  /** Reads the file's index once, as far as the file is whole. */
  load(): void {
    if (this.isLoaded) return;
    this.isLoaded = true;
    if (this.path === undefined) return;
    let bytes: Buffer;
    try {
      bytes = readFileSync(this.path);
    } catch {
      // Gone or not ours to read: the other segments still have theirs.
      return;
    }
    const lineEnd = bytes.indexOf(10);
    const kinds = kindsIn(bytes.toString("latin1", 0, lineEnd + 1));
    if (kinds === undefined) return;
    this.#kinds = kinds;
    let at = lineEnd + 1;
    while (at + BATCH_HEADER_BYTES <= bytes.length) {
      const end = batchEnd(bytes, at);
      if (end === undefined) break;
      this.#indexBatch(bytes, at + BATCH_HEADER_BYTES, end);
      at = end;
    }
    this.sizeBytes = at;
  }

  #indexBatch(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (at + RECORD_HEADER_BYTES <= end) {
      const length = bytes.readUInt32LE(at);
      if (length < RECORD_HEADER_BYTES || at + length > end) return;
      this.index(bytes, at, at);
      at += length;
    }
  }
}

/** The first line of a segment file: what it is, and the events as this version writes them. */
export function firstLine(): Buffer {
  return Buffer.from(`${FIRST_LINE}${JSON.stringify(currentKinds)}\n`, "latin1");
}

/** Fills in the header of the batch that takes up all of `bytes`. */
export function sealBatch(bytes: Buffer, count: number): void {
  bytes.writeUInt32LE(BATCH_MAGIC, 0);
  bytes.writeUInt32LE(bytes.length, 4);
  bytes.writeUInt32LE(crc32(bytes.subarray(BATCH_HEADER_BYTES)), 8);
  bytes.writeUInt32LE(count, 12);
}

function batchEnd(bytes: Buffer, at: number): number | undefined {
  const end = at + bytes.readUInt32LE(at + 4);
  if (bytes.readUInt32LE(at) !== BATCH_MAGIC || end > bytes.length) return undefined;
  if (end < at + BATCH_HEADER_BYTES) return undefined;
  const sum = crc32(bytes.subarray(at + BATCH_HEADER_BYTES, end));
  return sum === bytes.readUInt32LE(at + 8) ? end : undefined;
}

function kindsIn(line: string): KindTable | undefined {
  if (!line.startsWith(FIRST_LINE)) return undefined;
  try {
    return JSON.parse(line.slice(FIRST_LINE.length)) as KindTable;
  } catch {
    // A first line that is cut: nothing was written behind it.
    return undefined;
  }
}

function readRange(path: string, offset: number): Buffer | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    // Trimmed between the index and the reading.
    return undefined;
  }
  try {
    const length = Buffer.alloc(4);
    if (readSync(file, length, 0, 4, offset) !== 4) return undefined;
    const bytes = Buffer.alloc(length.readUInt32LE(0));
    return readSync(file, bytes, 0, bytes.length, offset) === bytes.length ? bytes : undefined;
  } finally {
    closeSync(file);
  }
}
