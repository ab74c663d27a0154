import { mkdirSync, readdirSync, statSync } from "node:fs";
import { unlink } from "node:fs/promises";
import { join } from "node:path";
import type { TraceRecord } from "../trace/index.ts";
import { addressKey, CHALLENGED, FAILED, flagsOf, textHash } from "./case-keys.ts";
import { CaseSegment, WORD, type SegmentStream } from "./case-segment.ts";
import { SegmentWriter } from "./case-writer.ts";

/** How much is kept: whatever is reached first. Whole segments go, so a sixteenth of it may go at once. */
export interface CaseLimits {
  readonly records: number;
  readonly sizeBytes: number;
  readonly ageMs: number;
}

/** In a folder; without one, `sizeBytes` is memory and a quarter of this. */
export const DEFAULT_CASE_LIMITS: CaseLimits = {
  records: 100_000,
  sizeBytes: 64 * 1024 * 1024,
  ageMs: 7 * 24 * 3_600_000,
};

/** What a reader may ask for. */
export type CaseQuery =
  | { readonly kind: "case"; readonly caseId: string }
  | { readonly kind: "call"; readonly callId: string }
  /** The latest case that did not work; the latest of all where every one did. */
  | { readonly kind: "last" }
  /** The latest case towards that address, whichever way it is written. */
  | { readonly kind: "to"; readonly aor: string };

/** A ring of what was decided: keeps the latest, and of the old ones rather those that failed. */
export interface CaseStore {
  /** Takes a copy at once. Never throws, never waits: what cannot be written is counted as dropped. */
  keep(record: TraceRecord): void;
  /** Cases, the latest first, each with its records in order of time. At most {@link FOUND_CASES_LIMIT}. */
  find(query: CaseQuery): TraceRecord[][];
  counters(): { readonly records: number; readonly sizeBytes: number; readonly dropped: number };
  /** Resolves when all that was kept is in the file. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Where cases are kept, how many, and by which clock they grow old. */
export interface CaseStoreOptions {
  /** Undefined: in memory only. Segments lie in `cases/` below it. */
  readonly folder: string | undefined;
  readonly limits?: CaseLimits;
  readonly nowMs: () => number;
  /** For a reader beside the server, or without one: nothing is written, nothing trimmed. */
  readonly readOnly?: boolean;
}

export const FOUND_CASES_LIMIT = 20;
const FOUND_RECORDS_LIMIT = 200;
/** Restarts leave short segments behind; beyond this many files the oldest go, whatever their size. */
const SEGMENT_LIMIT = 256;
/** A phone that is challenged answers at once: only the latest few can be without an answer and still matter. */
const CHALLENGES_LIMIT = 32;
/** A segment holds this part of what may be kept, so dropping one drops little. */
const SHARES = 16;

interface Found {
  readonly segment: CaseSegment;
  readonly index: number;
  readonly endedAtMs: number;
}

/** Opens or creates the ring. What a former process kept is indexed in the background, one segment at a time. */
export function createCaseStore(options: CaseStoreOptions): CaseStore {
  return new RingOfCases(options);
}

class RingOfCases implements CaseStore {
  readonly #limits: CaseLimits;
  readonly #nowMs: () => number;
  readonly #folder: string | undefined;
  readonly #readOnly: boolean;
  readonly #segments: CaseSegment[] = [];
  readonly #unloaded: CaseSegment[] = [];
  readonly #writers: Record<SegmentStream, SegmentWriter>;
  #nextId = 1;
  #isClosed = false;
  /** Set while segments are still to be indexed, or trimmed. */
  #background: NodeJS.Immediate | undefined;

  constructor({ folder, limits, nowMs, readOnly = false }: CaseStoreOptions) {
    this.#limits = limits ?? {
      ...DEFAULT_CASE_LIMITS,
      sizeBytes: DEFAULT_CASE_LIMITS.sizeBytes / (folder === undefined ? 4 : 1),
    };
    this.#nowMs = nowMs;
    this.#readOnly = readOnly;
    this.#folder = folder === undefined ? undefined : join(folder, "cases");
    this.#writers = { s: this.#writer("s"), f: this.#writer("f") };
    if (this.#folder !== undefined) this.#list(this.#folder);
  }

  #writer(stream: SegmentStream): SegmentWriter {
    return new SegmentWriter({
      records: shareOf(this.#limits.records),
      sizeBytes: shareOf(this.#limits.sizeBytes),
      ageMs: this.#limits.ageMs / SHARES,
      nowMs: this.#nowMs,
      open: () => this.#open(stream),
    });
  }

  #open(stream: SegmentStream): CaseSegment {
    const id = this.#nextId++;
    const name = `${String(id).padStart(8, "0")}-${stream}.seg`;
    const path = this.#folder === undefined ? undefined : join(this.#folder, name);
    const segment = new CaseSegment(stream, id, path);
    segment.isLoaded = true;
    segment.startedAtMs = this.#nowMs();
    this.#segments.push(segment);
    this.#soon();
    return segment;
  }

  #list(folder: string): void {
    if (!this.#readOnly) mkdirSync(folder, { recursive: true, mode: 0o700 });
    let names: string[];
    try {
      names = readdirSync(folder).toSorted();
    } catch {
      // No folder: no case was ever kept there.
      return;
    }
    for (const name of names) {
      const [, id, stream] = /^(\d{8})-([sf])\.seg$/.exec(name) ?? [];
      if (id === undefined) continue;
      const segment = new CaseSegment(stream as SegmentStream, Number(id), join(folder, name));
      segment.sizeBytes = statSync(join(folder, name)).size;
      this.#segments.push(segment);
      this.#unloaded.push(segment);
      this.#nextId = Math.max(this.#nextId, Number(id) + 1);
    }
    this.#soon();
  }

  keep(record: TraceRecord): void {
    if (this.#readOnly || this.#isClosed) return;
    this.#writers[(flagsOf(record) & FAILED) === 0 ? "s" : "f"].add(record);
  }

  find(query: CaseQuery): TraceRecord[][] {
    this.#loadAll();
    switch (query.kind) {
      case "case": {
        const caseId = query.caseId.toLowerCase();
        if (!/^[0-9a-f]{8}$/.test(caseId)) return [];
        const records = this.#read(WORD.case, Number.parseInt(caseId, 16));
        return grouped(records.filter((record) => record.caseId === caseId));
      }
      case "call": {
        const records = this.#read(WORD.call, textHash(query.callId));
        return grouped(records.filter((record) => record.callId === query.callId));
      }
      case "last":
        return this.#caseOf(this.#latest());
      case "to":
        return this.#caseOf(this.#latestTowards(query.aor));
    }
  }

  /** All records of the case that this record belongs to. */
  #caseOf(found: Found | undefined): TraceRecord[][] {
    const one = found?.segment.read(found.index);
    if (one === undefined) return [];
    const records = this.#read(WORD.case, Number.parseInt(one.caseId, 16));
    return grouped(
      records.filter((record) => record.caseId === one.caseId && record.callId === one.callId),
    );
  }

  /** The latest failure. A challenge is one only where nothing else of that Call-ID followed. */
  #latest(): Found | undefined {
    const failures = this.#segments.filter(({ stream }) => stream === "f");
    const failure = newestIn(failures);
    const sinceMs = failure?.endedAtMs ?? -Infinity;
    const others = this.#segments.filter(
      ({ stream, newestAtMs }) => stream === "s" && newestAtMs > sinceMs,
    );
    return unansweredChallenge(others, sinceMs) ?? failure ?? newestIn(this.#segments);
  }

  #latestTowards(aor: string): Found | undefined {
    const key = addressKey(aor);
    const hash = textHash(key);
    const found: Found[] = [];
    for (const segment of this.#segments) {
      for (const word of [WORD.to, WORD.uri]) {
        for (const index of segment.matches(word, hash)) {
          found.push({ segment, index, endedAtMs: segment.endedAtMsAt(index) });
        }
      }
    }
    return found
      .toSorted((a, b) => b.endedAtMs - a.endedAtMs)
      .find(({ segment, index }) => {
        const record = segment.read(index);
        return (
          record !== undefined &&
          (addressKey(record.to) === key || addressKey(record.requestUri) === key)
        );
      });
  }

  #read(word: number, hash: number): TraceRecord[] {
    const records: TraceRecord[] = [];
    for (const segment of this.#segments.toReversed()) {
      for (const index of segment.matches(word, hash)) {
        const record = segment.read(index);
        if (record !== undefined) records.push(record);
        if (records.length >= FOUND_RECORDS_LIMIT) return records;
      }
    }
    return records;
  }

  #loadAll(): void {
    for (const segment of this.#unloaded) segment.load();
    this.#unloaded.length = 0;
  }

  #soon(): void {
    if (this.#background !== undefined || this.#isClosed) return;
    this.#background = setImmediate(() => {
      this.#background = undefined;
      this.#unloaded.shift()?.load();
      if (this.#unloaded.length > 0) this.#soon();
      else this.#trim();
    }).unref();
  }

  /** Runs when a segment begins; drops whole segments, so it costs one `unlink` however many records go. */
  #trim(): void {
    if (this.#readOnly) return;
    const active = [this.#writers.s.segment, this.#writers.f.segment];
    const closed = this.#segments.filter((segment) => !active.includes(segment));
    const oldestFirst = [
      ...closed.filter((segment) => segment.stream === "s"),
      ...closed.filter((segment) => segment.stream === "f"),
    ];
    const eldestMs = this.#nowMs() - this.#limits.ageMs;
    for (const segment of oldestFirst) {
      if (segment.newestAtMs < eldestMs || this.#isOverLimits()) {
        this.#drop(segment);
      }
    }
  }

  #isOverLimits(): boolean {
    const { records, sizeBytes } = this.counters();
    return (
      records > this.#limits.records - 2 * shareOf(this.#limits.records) ||
      sizeBytes > this.#limits.sizeBytes - 2 * shareOf(this.#limits.sizeBytes) ||
      this.#segments.length > SEGMENT_LIMIT
    );
  }

  #drop(segment: CaseSegment): void {
    this.#segments.splice(this.#segments.indexOf(segment), 1);
    if (segment.path === undefined) return;
    // The file of a segment that was never written is not there.
    unlink(segment.path).catch(() => undefined);
  }

  counters(): { readonly records: number; readonly sizeBytes: number; readonly dropped: number } {
    let records = 0;
    let sizeBytes = 0;
    for (const segment of this.#segments) {
      records += segment.count;
      sizeBytes += segment.sizeBytes;
    }
    return { records, sizeBytes, dropped: this.#writers.s.dropped + this.#writers.f.dropped };
  }

  async flush(): Promise<void> {
    await Promise.all([this.#writers.s.flush(), this.#writers.f.flush()]);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#background !== undefined) clearImmediate(this.#background);
    await Promise.all([this.#writers.s.close(), this.#writers.f.close()]);
  }
}

/** Looks at every record's index once; makes an object only for what it returns. */
function newestIn(segments: readonly CaseSegment[]): Found | undefined {
  let newest: Found | undefined;
  for (const segment of segments) {
    if (segment.newestAtMs < (newest?.endedAtMs ?? -Infinity)) continue;
    for (let index = 0; index < segment.count; index += 1) {
      const endedAtMs = segment.endedAtMsAt(index);
      if (endedAtMs >= (newest?.endedAtMs ?? -Infinity)) newest = { segment, index, endedAtMs };
    }
  }
  return newest;
}

/** The latest challenge that no request of its Call-ID answered, among the latest {@link CHALLENGES_LIMIT}. */
function unansweredChallenge(segments: readonly CaseSegment[], sinceMs: number): Found | undefined {
  const challenges: Found[] = [];
  for (const segment of segments) {
    for (let index = 0; index < segment.count; index += 1) {
      const endedAtMs = segment.endedAtMsAt(index);
      if (segment.flagsAt(index) === CHALLENGED && endedAtMs > sinceMs) {
        challenges.push({ segment, index, endedAtMs });
        // Twice as many at most are held; the older half goes.
        if (challenges.length === 2 * CHALLENGES_LIMIT) keepLatest(challenges);
      }
    }
  }
  keepLatest(challenges);
  const hashes = new Set(challenges.map(({ segment, index }) => segment.callHashAt(index)));
  if (hashes.size === 0) return undefined;
  for (const segment of segments) {
    for (let index = 0; index < segment.count; index += 1) {
      if (segment.flagsAt(index) === 0) hashes.delete(segment.callHashAt(index));
    }
  }
  return challenges.find(({ segment, index }) => hashes.has(segment.callHashAt(index)));
}

function keepLatest(found: Found[]): void {
  found.sort((a, b) => b.endedAtMs - a.endedAtMs);
  found.length = Math.min(found.length, CHALLENGES_LIMIT);
}

function shareOf(limit: number): number {
  return Math.max(1, Math.floor(limit / SHARES));
}

/** Cases, the latest first; the records of each in order of time. */
function grouped(records: readonly TraceRecord[]): TraceRecord[][] {
  const byCase = new Map<string, TraceRecord[]>();
  for (const record of records.toSorted((a, b) => a.startedAtMs - b.startedAtMs)) {
    const key = `${record.caseId} ${record.callId}`;
    const cases = byCase.get(key);
    if (cases === undefined) byCase.set(key, [record]);
    else cases.push(record);
  }
  return [...byCase.values()]
    .toSorted((a, b) => (b.at(-1)?.startedAtMs ?? 0) - (a.at(-1)?.startedAtMs ?? 0))
    .slice(0, FOUND_CASES_LIMIT);
}
