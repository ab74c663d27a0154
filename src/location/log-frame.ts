// Hot path: `encodeFrame`, once for each REGISTER that changes something.
import { crc32 } from "node:zlib";
import type { Aor } from "../message/index.ts";
import { encodeRecordInto, recordSizeBytes, type LocationRecord } from "./record.ts";

// size of what follows the checksum u32 · crc32 of that u32 · version f64 · size of the key u16 · key · record;
// after the last frame four zero bytes, or the end of the file
const FRAME_HEAD_SIZE_BYTES = 18;
const END_SIZE_BYTES = 4;

export const MAGIC = Buffer.from("nexthop location log 1\n", "latin1");

/** One writing as it stands in a log. `bytes` is the record's stored form. */
export interface LogEntry {
  readonly aor: Aor;
  readonly version: number;
  readonly bytes: Buffer;
}

/** With the room for the end mark behind it. */
export function frameSizeBytes(aor: Aor, record: LocationRecord): number {
  return FRAME_HEAD_SIZE_BYTES + aor.length + recordSizeBytes(record) + END_SIZE_BYTES;
}

/** Writes a frame and an end mark at `start`, where there is room for both. @returns where the frame ends */
export function encodeFrame(
  bytes: Buffer,
  start: number,
  aor: Aor,
  record: LocationRecord,
): number {
  const keyAt = start + FRAME_HEAD_SIZE_BYTES;
  bytes.writeDoubleLE(record.version, start + 8);
  bytes.writeUInt16LE(aor.length, start + 16);
  bytes.write(aor, keyAt, "latin1");
  const end = encodeRecordInto(record, bytes, keyAt + aor.length);
  bytes.writeUInt32LE(0, end);
  bytes.writeUInt32LE(crc32(bytes.subarray(start + 8, end)), start + 4);
  bytes.writeUInt32LE(end - start - 8, start);
  return end;
}

/** All whole frames up to the first end mark or tear. */
export function decodeFrames(bytes: Buffer): LogEntry[] {
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
