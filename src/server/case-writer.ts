import { open, type FileHandle } from "node:fs/promises";
import type { TraceRecord } from "../trace/index.ts";
import { encodeRecord, RECORD_LIMIT_BYTES } from "./case-encoding.ts";
import { addressHash, flagsOf, textHash } from "./case-keys.ts";
import {
  BATCH_HEADER_BYTES,
  firstLine,
  RECORD_HEADER_BYTES,
  sealBatch,
  type CaseSegment,
} from "./case-segment.ts";

/** A batch waits no longer than this for its file. */
const BATCH_WAIT_MS = 1000;
const BATCH_BYTES = 256 * 1024;
/** A disk that does not keep up costs records, not memory. */
const WAITING_BATCHES_LIMIT = 16;
/** Written batches kept to be filled again: fresh memory costs more than filling it. */
const FREE_BATCHES_LIMIT = 4;

/** Batches that no disk took, the latest so many, are shown from memory: a full disk is what people will ask about. */
const UNWRITTEN_BATCHES_LIMIT = 16;

export interface SegmentWriterOptions {
  /** A segment ends when it has this many records, bytes, or is this old. */
  readonly records: number;
  readonly sizeBytes: number;
  readonly ageMs: number;
  readonly nowMs: () => number;
  readonly open: () => CaseSegment;
}

/**
 * Puts records into batches and batches into segments.
 *
 * Hot path: `add`. A record goes straight into the batch's bytes; files are written behind it, in order.
 */
export class SegmentWriter {
  segment: CaseSegment | undefined;
  /** Records that a full queue or a failing disk cost: they will not outlive the process. */
  dropped = 0;
  readonly #options: SegmentWriterOptions;
  #batch: Buffer | undefined;
  #used = 0;
  #batchCount = 0;
  /** Where the batch begins in its segment. */
  #batchOffset = 0;
  #timer: NodeJS.Timeout | undefined;
  #file: FileHandle | undefined;
  #waiting = 0;
  #writing: Promise<void> = Promise.resolve();
  readonly #free: Buffer[] = [];
  readonly #unwritten: { readonly segment: CaseSegment; readonly offset: number }[] = [];

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
  }

  add(record: TraceRecord): void {
    if (this.#batch !== undefined && this.#put(this.#batch, record)) return;
    this.#closeBatch();
    if (this.#waiting >= WAITING_BATCHES_LIMIT) {
      this.dropped += 1;
      return;
    }
    if (!this.#put(this.#openBatch(), record)) this.dropped += 1;
  }

  #put(batch: Buffer, record: TraceRecord): boolean {
    const segment = this.segment as CaseSegment;
    if (segment.count >= this.#options.records) return false;
    const at = this.#used;
    const end = encodeRecord(record, batch, at + RECORD_HEADER_BYTES);
    if (end > batch.length) return false;
    const caseHash = Number.parseInt(record.caseId, 16);
    const toHash = addressHash(record.to);
    batch.writeUInt32LE(end - at, at);
    batch.writeUInt32LE(caseHash, at + 4);
    // But for REGISTER the case id is the hash of the Call-ID.
    batch.writeUInt32LE(record.method === "REGISTER" ? textHash(record.callId) : caseHash, at + 8);
    batch.writeUInt32LE(toHash, at + 12);
    batch.writeUInt32LE(
      record.requestUri === record.to ? toHash : addressHash(record.requestUri),
      at + 16,
    );
    batch.writeUInt32LE(flagsOf(record), at + 20);
    batch.writeDoubleLE(record.startedAtMs, at + 24);
    batch.writeDoubleLE(record.endedAtMs ?? record.startedAtMs, at + 32);
    segment.index(batch, at, this.#batchOffset + at);
    segment.sizeBytes += end - at;
    this.#used = end;
    this.#batchCount += 1;
    return true;
  }

  #openBatch(): Buffer {
    const segment = this.#currentSegment();
    const batch = this.#free.pop() ?? Buffer.allocUnsafeSlow(BATCH_BYTES);
    this.#batch = batch;
    this.#used = BATCH_HEADER_BYTES;
    this.#batchCount = 0;
    this.#batchOffset = segment.sizeBytes;
    segment.sizeBytes += BATCH_HEADER_BYTES;
    segment.hold(this.#batchOffset, batch);
    if (segment.path !== undefined) {
      this.#timer = setTimeout(() => this.#closeBatch(), BATCH_WAIT_MS).unref();
    }
    return batch;
  }

  /** The one being written, or a new one where that is full or old. */
  #currentSegment(): CaseSegment {
    const { records, sizeBytes, ageMs, nowMs } = this.#options;
    const segment = this.segment;
    if (
      segment !== undefined &&
      segment.count < records &&
      segment.sizeBytes < sizeBytes &&
      nowMs() - segment.startedAtMs < ageMs
    ) {
      return segment;
    }
    this.#endFile();
    const next = this.#options.open();
    next.sizeBytes = next.path === undefined ? 0 : firstLine().length;
    this.segment = next;
    return next;
  }

  /** Ends the batch; a segment with a file gets it written, one in memory keeps it. */
  #closeBatch(): void {
    const batch = this.#batch;
    const segment = this.segment;
    if (batch === undefined || segment === undefined) return;
    clearTimeout(this.#timer);
    this.#batch = undefined;
    const bytes = batch.subarray(0, this.#used);
    const offset = this.#batchOffset;
    if (segment.path === undefined) {
      // Little of it used: a copy of the size needed; the large one serves again.
      if (bytes.length < BATCH_BYTES - RECORD_LIMIT_BYTES) {
        segment.release(offset);
        const copy = Buffer.allocUnsafeSlow(bytes.length);
        bytes.copy(copy);
        segment.hold(offset, copy);
        this.#free.push(batch);
      }
      return;
    }
    sealBatch(bytes, this.#batchCount);
    this.#write(segment, offset, bytes, batch);
  }

  #write(segment: CaseSegment, offset: number, bytes: Buffer, batch: Buffer): void {
    const count = this.#batchCount;
    this.#waiting += 1;
    this.#writing = this.#writing
      .then(async () => {
        if (this.#file === undefined) {
          this.#file = await open(segment.path as string, "wx", 0o600);
          await this.#file.write(firstLine(), 0, undefined, 0);
        }
        await this.#file.write(bytes, 0, bytes.length, offset);
        segment.release(offset);
      })
      .catch(() => {
        // A full or failing disk: these records end with the process, the calls do not.
        this.dropped += count;
        // What follows a hole cannot be read again: go on in another file.
        segment.startedAtMs = -Infinity;
        this.#keepUnwritten(segment, offset, bytes);
      })
      .then(() => {
        this.#waiting -= 1;
        if (this.#free.length < FREE_BATCHES_LIMIT) this.#free.push(batch);
      });
  }

  #keepUnwritten(segment: CaseSegment, offset: number, bytes: Buffer): void {
    segment.keepInMemory(offset, Buffer.from(bytes));
    this.#unwritten.push({ segment, offset });
    if (this.#unwritten.length <= UNWRITTEN_BATCHES_LIMIT) return;
    const oldest = this.#unwritten.shift();
    oldest?.segment.release(oldest.offset);
  }

  #endFile(): void {
    this.#writing = this.#writing.then(async () => {
      const file = this.#file;
      this.#file = undefined;
      await file?.close();
    });
  }

  async flush(): Promise<void> {
    this.#closeBatch();
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.flush();
    this.#endFile();
    await this.#writing;
  }
}
