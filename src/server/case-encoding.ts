import {
  traceEvents,
  type KeptMessage,
  type TraceRecord,
  type TraceValue,
} from "../trace/index.ts";

/** How many bytes one record may take; above it the middle is dropped, and `droppedCount` says so. */
export const RECORD_LIMIT_BYTES = 65_536;
/** No single value of an event, nor an address, is kept beyond this. */
const VALUE_LIMIT = 4096;
const SHRUNK_VALUE_LIMIT = 96;

// A value starts with one byte: a length below 248 of a latin1 string, or one of these.
const SHORT_LIMIT = 247;
const LONG_TEXT = 248; // u32 length, latin1
const WIDE_TEXT = 249; // u32 length, UTF-8: text of the system that is not latin1
const INTEGER = 250; // LEB128, below 2^31
const DOUBLE = 251; // 8 bytes
const NOTHING = 252;

/** The kinds of event and their fields as they were when a segment was written; it is kept in the segment. */
export type KindTable = readonly (readonly [kind: string, fields: readonly string[]])[];

export const currentKinds: KindTable = Object.entries(traceEvents).map(
  ([kind, fields]) => [kind, fields] as const,
);
const kindIndexOf = new Map<string, number>(currentKinds.map(([kind], index) => [kind, index]));
const widthOf = currentKinds.map(([, fields]) => fields.length);
/** Where a request worked, the text of these says nothing that the record or `branch-started` does not. */
const plainKinds: readonly string[] = [
  "request-received",
  "response-received",
  "response-sent",
  "domain-checked",
  "directory-looked-up",
  "location-looked-up",
  "target-added",
];
const isPlain = currentKinds.map(([kind]) => plainKinds.includes(kind));
const doubleBytes = Buffer.alloc(8);

/**
 * Writes one record at `start` and tells where it ends; an end beyond `bytes` means that it did not fit and what was
 * written is rubbish. At most {@link RECORD_LIMIT_BYTES}. Case id and times are not in it: they lie in the header
 * before it. Of a success, text that stands elsewhere in the record is left out.
 *
 * Hot path: two or three times a call. Straight stores into a buffer outside the heap, no object, no joining of text.
 */
export function encodeRecord(record: TraceRecord, bytes: Buffer, start: number): number {
  const end = encode(record, bytes, start);
  return end - start <= RECORD_LIMIT_BYTES ? end : encode(shrunk(record), bytes, start);
}

function encode(record: TraceRecord, bytes: Buffer, start: number): number {
  let at = writeText(bytes, start, record.callId);
  at = writeText(bytes, at, record.method);
  at = writeText(bytes, at, record.requestUri);
  at = writeText(bytes, at, record.from);
  at = writeText(bytes, at, record.to);
  at = writeText(bytes, at, record.peer);
  at = writeNumber(bytes, at, record.statusCode);
  at = writeText(bytes, at, record.causeId);
  at = writeNumber(bytes, at, record.droppedCount);
  const messages = record.messages;
  at = writeNumber(bytes, at, messages.length);
  for (let index = 0; index < messages.length; index += 1) {
    at = writeMessage(bytes, at, messages[index] as KeptMessage);
  }
  const values = record.values;
  const isSuccess = record.statusCode < 300 && record.causeId === "";
  let index = 0;
  while (index < values.length) {
    const kind = kindIndexOf.get(values[index] as string);
    if (kind === undefined) break;
    const next = index + 2 + (widthOf[kind] as number);
    bytes[at++] = kind;
    const isShort = isSuccess && isPlain[kind] === true;
    for (index += 1; index < next; index += 1) {
      const value = values[index] as TraceValue;
      if (typeof value === "number") at = writeNumber(bytes, at, value);
      else if (isShort) bytes[at++] = 0;
      else at = writeText(bytes, at, value);
    }
  }
  return at;
}

function writeMessage(bytes: Buffer, start: number, message: KeptMessage): number {
  let at = writeNumber(bytes, start, message.atMs);
  bytes[at++] = message.direction === "in" ? 0 : 1;
  at = writeNumber(bytes, at, message.branch);
  at = writeText(bytes, at, message.peer);
  return writeLongText(bytes, at, message.text);
}

function writeText(bytes: Buffer, start: number, value: string): number {
  const length = value.length;
  if (length > SHORT_LIMIT) return writeLongText(bytes, start, value.slice(0, VALUE_LIMIT));
  let all = 0;
  bytes[start] = length;
  for (let index = 0; index < length; index += 1) {
    const code = value.charCodeAt(index);
    all |= code;
    bytes[start + 1 + index] = code;
  }
  return all > 255 ? writeLongText(bytes, start, value) : start + 1 + length;
}

function writeLongText(bytes: Buffer, start: number, value: string): number {
  let all = 0;
  for (let index = 0; index < value.length; index += 1) all |= value.charCodeAt(index);
  const isWide = all > 255;
  const sizeBytes = isWide ? Buffer.byteLength(value) : value.length;
  if (start + 5 + sizeBytes <= bytes.length) {
    bytes[start] = isWide ? WIDE_TEXT : LONG_TEXT;
    bytes.writeUInt32LE(sizeBytes, start + 1);
    bytes.write(value, start + 5, isWide ? "utf8" : "latin1");
  }
  return start + 5 + sizeBytes;
}

function writeNumber(bytes: Buffer, start: number, value: number): number {
  let at = start;
  if (value >= 0 && value < 0x8000_0000 && value === (value | 0)) {
    bytes[at++] = INTEGER;
    let rest = value;
    while (rest > 127) {
      bytes[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    return at;
  }
  bytes[at++] = DOUBLE;
  doubleBytes.writeDoubleLE(value);
  for (let index = 0; index < 8; index += 1) bytes[at++] = doubleBytes[index] as number;
  return at;
}

/**
 * The same record cut down to its limit, the middle dropped: messages first; where that is not enough, events and
 * the length of single values too.
 */
function shrunk(record: TraceRecord): TraceRecord {
  const messages = [...record.messages];
  let droppedCount = record.droppedCount;
  while (messages.length > 2 && sizeOf(messages) > RECORD_LIMIT_BYTES / 2) {
    messages.splice(Math.floor(messages.length / 2), 1);
    droppedCount += 1;
  }
  const events = eventsIn(record.values);
  const valuesSize = record.values.join("").length + record.values.length * 8;
  if (valuesSize + sizeOf(messages) < RECORD_LIMIT_BYTES - 12_288) {
    return { ...record, droppedCount, messages };
  }
  const middle = events.splice(48, Math.max(0, events.length - 112));
  return {
    ...record,
    droppedCount: droppedCount + middle.length + messages.length,
    values: events.flatMap(cutEvent),
    messages: [],
  };
}

function sizeOf(messages: readonly KeptMessage[]): number {
  return messages.reduce((sum, message) => sum + message.text.length + 64, 0);
}

function eventsIn(values: readonly TraceValue[]): TraceValue[][] {
  const events: TraceValue[][] = [];
  let at = 0;
  while (at < values.length) {
    const width = widthOf[kindIndexOf.get(values[at] as string) ?? -1];
    if (width === undefined) break;
    events.push(values.slice(at, at + 2 + width));
    at += 2 + width;
  }
  return events;
}

/** The reason for a refusal stays whole: without its evidence nothing can be explained. */
function cutEvent(event: readonly TraceValue[]): readonly TraceValue[] {
  if (event[0] === "refused") return event;
  return event.map((value) =>
    typeof value === "string" ? value.slice(0, SHRUNK_VALUE_LIMIT) : value,
  );
}

/** What lies before a record's bytes, or above its segment. */
export interface RecordHeader {
  readonly caseId: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly kinds: KindTable;
}

/** Reads what {@link encodeRecord} wrote between `start` and `end`; undefined where the bytes are not a record. */
export function decodeRecord(
  bytes: Buffer,
  start: number,
  end: number,
  { kinds, ...header }: RecordHeader,
): TraceRecord | undefined {
  const reader = new Reader(bytes, start, end);
  const record = {
    ...header,
    callId: reader.text(),
    method: reader.text(),
    requestUri: reader.text(),
    from: reader.text(),
    to: reader.text(),
    peer: reader.text(),
    statusCode: reader.number(),
    causeId: reader.text(),
    droppedCount: reader.number(),
    messages: reader.messages(),
    values: reader.events(kinds),
    timers: [],
  };
  return reader.isBroken ? undefined : record;
}

class Reader {
  isBroken = false;
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = Math.min(end, bytes.length);
  }

  value(): TraceValue | undefined {
    const first = this.#byte();
    if (first <= SHORT_LIMIT) return this.#slice(first).toString("latin1");
    switch (first) {
      case LONG_TEXT:
        return this.#slice(this.#uint32()).toString("latin1");
      case WIDE_TEXT:
        return this.#slice(this.#uint32()).toString();
      case INTEGER:
        return this.#integer();
      case DOUBLE: {
        const slice = this.#slice(8);
        return slice.length === 8 ? slice.readDoubleLE(0) : 0;
      }
      case NOTHING:
        return undefined;
      default:
        this.isBroken = true;
        return undefined;
    }
  }

  text(): string {
    const value = this.value();
    if (typeof value === "string") return value;
    this.isBroken = true;
    return "";
  }

  number(): number {
    const value = this.numberOrNothing();
    if (value !== undefined) return value;
    this.isBroken = true;
    return 0;
  }

  numberOrNothing(): number | undefined {
    const value = this.value();
    if (typeof value !== "string") return value;
    this.isBroken = true;
    return undefined;
  }

  messages(): KeptMessage[] {
    const messages: KeptMessage[] = [];
    const count = this.number();
    while (messages.length < count && !this.isBroken) {
      messages.push({
        atMs: this.number(),
        direction: this.#byte() === 0 ? "in" : "out",
        branch: this.number(),
        peer: this.text(),
        text: this.text(),
      });
    }
    return messages;
  }

  /** Events in today's shape: a field that an older version did not have is empty, a kind of a newer one is left out. */
  events(kinds: KindTable): TraceValue[] {
    const values: TraceValue[] = [];
    while (this.#at < this.#end && !this.isBroken) {
      const written = kinds[this.#byte()];
      if (written === undefined) {
        this.isBroken = true;
        break;
      }
      const [kind, fields] = written;
      const event: TraceValue[] = [kind, this.number()];
      const byName = new Map(fields.map((field) => [field, this.value()]));
      const current = kindIndexOf.get(kind);
      if (current === undefined) continue;
      for (const field of currentKinds[current]?.[1] ?? []) {
        event.push(byName.get(field) ?? (field.endsWith(":n") ? 0 : ""));
      }
      values.push(...event);
    }
    return values;
  }

  #byte(): number {
    if (this.#at >= this.#end) this.isBroken = true;
    return this.#bytes[this.#at++] ?? NOTHING;
  }

  #uint32(): number {
    const slice = this.#slice(4);
    return slice.length === 4 ? slice.readUInt32LE(0) : 0;
  }

  #integer(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    this.isBroken = true;
    return 0;
  }

  #slice(length: number): Buffer {
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#end) this.isBroken = true;
    return this.#bytes.subarray(start, Math.min(this.#at, this.#end));
  }
}
