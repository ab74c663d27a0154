// Hot path: decoded once for each lookup, encoded once for each REGISTER. One slice of text, numbers read in place, no closure.
import { assert } from "../base/assert.ts";
import { LAPSED_KEPT_MS, LAPSED_LIMIT, type Binding, type Held } from "./store.ts";

/** What is kept for one AOR: the bindings of the last writing, and those that had ended by then. */
export interface LocationRecord {
  readonly version: number;
  readonly bindings: readonly Binding[];
  /** Newest first. Of one that was removed early, `expiresAtMs` and `updatedAtMs` are both the moment it was removed. */
  readonly lapsed: readonly Binding[];
}

const NOTHING: readonly Binding[] = Object.freeze([]);

/** What is held for an AOR that nobody ever bound. */
export const NEVER_WRITTEN: Held & LocationRecord = Object.freeze({
  version: 0,
  bindings: NOTHING,
  lapsed: NOTHING,
});

/** The record as seen at `nowMs`. Where all bindings are alive and none lapsed, it is the record itself. */
export function heldAt(record: LocationRecord, nowMs: number): Held {
  if (record.lapsed.length === 0) {
    let alive = 0;
    for (const binding of record.bindings) if (binding.expiresAtMs > nowMs) alive += 1;
    if (alive === record.bindings.length) return record;
  }
  const bindings = record.bindings.filter((binding) => binding.expiresAtMs > nowMs);
  return { version: record.version, bindings, lapsed: lapsedAt(record, nowMs) };
}

/** The record after a writing: what it no longer names has lapsed, at `nowMs` if it was alive until then. */
export function recordAfter(
  before: LocationRecord,
  bindings: readonly Binding[],
  nowMs: number,
): LocationRecord {
  const lapsed: Binding[] = [];
  if (before.bindings.length > 0 || before.lapsed.length > 0) {
    const isBound = (contactUri: string): boolean =>
      bindings.some((binding) => binding.contactUri === contactUri);
    for (const binding of before.bindings) {
      if (isBound(binding.contactUri)) continue;
      const hasExpired = binding.expiresAtMs <= nowMs;
      lapsed.push(hasExpired ? binding : { ...binding, expiresAtMs: nowMs, updatedAtMs: nowMs });
    }
    for (const binding of before.lapsed) if (!isBound(binding.contactUri)) lapsed.push(binding);
  }
  return { version: before.version + 1, bindings, lapsed: newestOf(lapsed, nowMs) };
}

/** Whether nothing of it is alive or worth telling any more: its space may be given back. */
export function isSpent(record: LocationRecord, nowMs: number): boolean {
  const from = nowMs - LAPSED_KEPT_MS;
  for (const binding of record.bindings) if (binding.expiresAtMs > from) return false;
  for (const binding of record.lapsed) if (binding.expiresAtMs > from) return false;
  return true;
}

function lapsedAt(record: LocationRecord, nowMs: number): readonly Binding[] {
  const ended = record.bindings.filter((binding) => binding.expiresAtMs <= nowMs);
  return newestOf([...ended, ...record.lapsed], nowMs);
}

function newestOf(lapsed: Binding[], nowMs: number): readonly Binding[] {
  if (lapsed.length === 0) return NOTHING;
  return lapsed
    .filter((binding) => binding.expiresAtMs > nowMs - LAPSED_KEPT_MS)
    .toSorted((a, b) => b.expiresAtMs - a.expiresAtMs)
    .slice(0, LAPSED_LIMIT);
}

// The stored form. Numbers are little-endian; text is latin1 and stands together at the end.
//   format u8 · bindings u16 · lapsed u16, then for each binding:
//   expiresAtMs f64 · updatedAtMs f64 · cseq u32 · qMilli u16 · sizes of contactUri, callId, source u16 each ·
//   count of path u16, and a size u16 for each; then all the text in the same order
const FORMAT = 1;
const HEAD_SIZE_BYTES = 5;
const BINDING_SIZE_BYTES = 30;
const U16_MAX = 0xffff;

/** @returns the stored form, without the version: the store keeps that beside it */
export function encodeRecord(record: LocationRecord): Buffer {
  const bytes = Buffer.allocUnsafe(recordSizeBytes(record));
  encodeRecordInto(record, bytes, 0);
  return bytes;
}

/** How long the stored form is. */
export function recordSizeBytes({ bindings, lapsed }: LocationRecord): number {
  let sizeBytes = HEAD_SIZE_BYTES;
  for (let at = 0; at < bindings.length; at += 1) sizeBytes += sizeOf(bindings[at] as Binding);
  for (let at = 0; at < lapsed.length; at += 1) sizeBytes += sizeOf(lapsed[at] as Binding);
  return sizeBytes;
}

/** Writes the stored form at `start`, where there is room for it. @returns where it ends */
export function encodeRecordInto(
  { bindings, lapsed }: LocationRecord,
  bytes: Buffer,
  start: number,
): number {
  bytes[start] = FORMAT;
  bytes.writeUInt16LE(bindings.length, start + 1);
  bytes.writeUInt16LE(lapsed.length, start + 3);
  let at = start + HEAD_SIZE_BYTES;
  let text = "";
  for (let index = 0; index < bindings.length + lapsed.length; index += 1) {
    const isAlive = index < bindings.length;
    const binding = (isAlive ? bindings[index] : lapsed[index - bindings.length]) as Binding;
    const { contactUri, callId, source, path } = binding;
    at = bytes.writeDoubleLE(binding.expiresAtMs, at);
    at = bytes.writeDoubleLE(binding.updatedAtMs, at);
    at = bytes.writeUInt32LE(binding.cseq, at);
    at = bytes.writeUInt16LE(binding.qMilli, at);
    at = writeSize(bytes, contactUri, at);
    at = writeSize(bytes, callId, at);
    at = writeSize(bytes, source, at);
    at = bytes.writeUInt16LE(path.length, at);
    text += contactUri + callId + source;
    for (let hop = 0; hop < path.length; hop += 1) {
      at = writeSize(bytes, path[hop] as string, at);
      text += path[hop] as string;
    }
  }
  return at + bytes.write(text, at, "latin1");
}

function sizeOf({ contactUri, callId, source, path }: Binding): number {
  let sizeBytes = BINDING_SIZE_BYTES + contactUri.length + callId.length + source.length;
  for (let at = 0; at < path.length; at += 1) sizeBytes += 2 + (path[at] as string).length;
  return sizeBytes;
}

function writeSize(bytes: Buffer, text: string, at: number): number {
  assert(text.length <= U16_MAX, "a header field value fits a message of 65,535 bytes");
  return bytes.writeUInt16LE(text.length, at);
}

/** @returns undefined when these bytes are not one of our records */
export function decodeRecord(
  bytes: Buffer,
  sizeBytes: number,
  version: number,
): LocationRecord | undefined {
  if (sizeBytes < HEAD_SIZE_BYTES || bytes[0] !== FORMAT) return undefined;
  const alive = bytes.readUInt16LE(1);
  const count = alive + bytes.readUInt16LE(3);
  const textAt = findText(bytes, sizeBytes, count);
  if (textAt === -1) return undefined;
  const text = bytes.toString("latin1", textAt, sizeBytes);
  const bindings: Binding[] = [];
  let lapsed: Binding[] | typeof NOTHING = NOTHING;
  let at = HEAD_SIZE_BYTES;
  let from = 0;
  for (let index = 0; index < count; index += 1) {
    const callIdAt = from + bytes.readUInt16LE(at + 22);
    const sourceAt = callIdAt + bytes.readUInt16LE(at + 24);
    const pathAt = sourceAt + bytes.readUInt16LE(at + 26);
    const pathCount = bytes.readUInt16LE(at + 28);
    const expiresAtMs = bytes.readDoubleLE(at);
    const updatedAtMs = bytes.readDoubleLE(at + 8);
    const cseq = bytes.readUInt32LE(at + 16);
    const qMilli = bytes.readUInt16LE(at + 20);
    const contactUri = text.substring(from, callIdAt);
    const callId = text.substring(callIdAt, sourceAt);
    const source = text.substring(sourceAt, pathAt);
    at += BINDING_SIZE_BYTES;
    from = pathAt;
    const path: string[] = [];
    for (let hop = 0; hop < pathCount; hop += 1, at += 2) {
      const end = from + bytes.readUInt16LE(at);
      path.push(text.substring(from, end));
      from = end;
    }
    const binding = { contactUri, callId, cseq, qMilli, expiresAtMs, updatedAtMs, path, source };
    if (index < alive) bindings.push(binding);
    else if (lapsed === NOTHING) lapsed = [binding];
    else (lapsed as Binding[]).push(binding);
  }
  return { version, bindings, lapsed };
}

/** @returns where the text starts, or -1 when the sizes do not add up to exactly these bytes */
function findText(bytes: Buffer, sizeBytes: number, count: number): number {
  let at = HEAD_SIZE_BYTES;
  let textSizeBytes = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + BINDING_SIZE_BYTES > sizeBytes) return -1;
    textSizeBytes +=
      bytes.readUInt16LE(at + 22) + bytes.readUInt16LE(at + 24) + bytes.readUInt16LE(at + 26);
    const pathCount = bytes.readUInt16LE(at + 28);
    at += BINDING_SIZE_BYTES;
    if (at + 2 * pathCount > sizeBytes) return -1;
    for (let hop = 0; hop < pathCount; hop += 1, at += 2) textSizeBytes += bytes.readUInt16LE(at);
  }
  return at + textSizeBytes === sizeBytes ? at : -1;
}
