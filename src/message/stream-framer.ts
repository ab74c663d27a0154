/**
 * Hot path: every byte of every stream.
 */
import * as characters from "./characters.ts";
import { malformedFraming, readContentLength, type FramerLimits } from "./framing.ts";
import type { Malformed } from "./types.ts";

const { CR, LF } = characters;

/** What came out of a stream. `text` is one character a byte. */
export type FramerOutput =
  | { readonly kind: "message"; readonly text: string }
  /** CRLF CRLF between messages: answer with CRLF (RFC 5626 §4.4.1). */
  | { readonly kind: "ping" }
  /** One CRLF between messages: the answer to a ping of ours, or an empty line to ignore (RFC 3261 §7.5). */
  | { readonly kind: "pong" }
  /** Nothing more can be read: `text` is the header block, or as much of it as the limit allows and one byte. */
  | { readonly kind: "unframable"; readonly text: string; readonly malformed: Malformed };

const ping: FramerOutput = { kind: "ping" };
const nothing = Buffer.alloc(0);
const KEPT_BYTES = 2048;
const pong: FramerOutput = { kind: "pong" };

/**
 * Cuts a stream into messages by Content-Length (RFC 3261 §18.3), however its chunks fall. It reads each byte once and
 * holds at most one message. After `unframable` it takes nothing more. A CRLF at the end of a chunk is held back until
 * it is known whether a second one makes it a ping.
 */
export class StreamFramer {
  readonly #limits: FramerLimits;
  /** What came and is not used up yet; `#size` of it counts. */
  #pending: Buffer = nothing;
  #size = 0;
  /** How far the search for the empty line has come in the message at the front. */
  #scanned = 0;
  /** The size of the message at the front, once its header fields are complete; 0 before. */
  #needed = 0;
  #isBroken = false;

  constructor(limits: FramerLimits) {
    this.#limits = limits;
  }

  /** Bytes held back: the message that has begun. */
  get pendingBytes(): number {
    return this.#size;
  }

  /** A message has begun and is not whole. The CRLF of a keep-alive is none. */
  get isAmidMessage(): boolean {
    const first = this.#pending[0];
    return this.#size > 0 && first !== CR && first !== LF;
  }

  /** Takes the next bytes; they are copied where they have to be kept. */
  push(chunk: Buffer): FramerOutput[] {
    const out: FramerOutput[] = [];
    if (this.#isBroken) return out;
    if (this.#size === 0) {
      const used = this.#consume(chunk, out);
      if (used < chunk.length && !this.#isBroken) this.#keep(chunk, used);
      return out;
    }
    this.#keep(chunk, 0);
    const used = this.#consume(this.#pending.subarray(0, this.#size), out);
    if (used > 0) {
      this.#pending.copy(this.#pending, 0, used, this.#size);
      this.#size -= used;
    }
    if (this.#isBroken || this.#size === 0) this.#release();
    return out;
  }

  /** A small buffer is kept for the next message; idle connections hold no large one. */
  #release(): void {
    if (this.#pending.length > KEPT_BYTES) this.#pending = nothing;
    this.#size = 0;
  }

  /** Room doubles, so that a message in single bytes is copied twice at most. */
  #keep(chunk: Buffer, from: number): void {
    const size = this.#size + chunk.length - from;
    if (size > this.#pending.length) {
      const larger = Buffer.alloc(Math.max(size, 2 * this.#pending.length, this.#needed));
      this.#pending.copy(larger, 0, 0, this.#size);
      this.#pending = larger;
    }
    chunk.copy(this.#pending, this.#size, from);
    this.#size = size;
  }

  /** Puts out what is complete; returns how many bytes that were. */
  #consume(bytes: Buffer, out: FramerOutput[]): number {
    let start = 0;
    while (!this.#isBroken) {
      if (this.#needed === 0) {
        if (this.#scanned === 0) start = skipKeepAlives(bytes, start, out);
        if (start >= bytes.length || isLineBreakBegun(bytes, start)) return start;
        if (!this.#findHeaderEnd(bytes, start, out)) return start;
      }
      const end = start + this.#needed;
      if (end > bytes.length) return start;
      out.push({ kind: "message", text: bytes.toString("latin1", start, end) });
      start = end;
      this.#needed = 0;
      this.#scanned = 0;
    }
    return start;
  }

  /** Looks on for the empty line; sets `#needed` when it is there and what follows can be framed. */
  #findHeaderEnd(bytes: Buffer, start: number, out: FramerOutput[]): boolean {
    const limit = this.#limits.headerSizeBytes;
    let end = -1;
    let at = bytes.indexOf(LF, start + this.#scanned);
    while (at !== -1) {
      const next = bytes[at + 1];
      if (next === LF) end = at + 2;
      else if (next === CR && bytes[at + 2] === LF) end = at + 3;
      const isOpen = at + 1 >= bytes.length || (next === CR && at + 2 >= bytes.length);
      if (end !== -1 || isOpen) break;
      at = bytes.indexOf(LF, at + 1);
    }
    const size = (end === -1 ? bytes.length : end) - start;
    if (size > limit) return this.#break(bytes.toString("latin1", start, start + limit + 1), out);
    if (end === -1) {
      this.#scanned = (at === -1 ? bytes.length : at) - start;
      return false;
    }
    const headerBlock = bytes.toString("latin1", start, end);
    const contentLength = readContentLength(headerBlock);
    if (contentLength === -1 || size + contentLength > this.#limits.messageSizeBytes) {
      return this.#break(headerBlock, out);
    }
    this.#needed = size + contentLength;
    return true;
  }

  #break(text: string, out: FramerOutput[]): false {
    this.#isBroken = true;
    out.push({ kind: "unframable", text, malformed: malformedFraming(text, this.#limits) });
    return false;
  }
}

/** Passes over line breaks between messages, as far as they are complete. */
function skipKeepAlives(bytes: Buffer, start: number, out: FramerOutput[]): number {
  let at = start;
  while (at < bytes.length) {
    if (bytes[at] === LF) {
      at += 1;
      continue;
    }
    if (bytes[at] !== CR || bytes[at + 1] !== LF) return at;
    if (bytes[at + 2] === CR && bytes[at + 3] === LF) {
      out.push(ping);
      at += 4;
      continue;
    }
    const left = bytes.length - at;
    if (left === 2 || (left === 3 && bytes[at + 2] === CR)) return at;
    out.push(pong);
    at += 2;
  }
  return at;
}

/** The start of a CRLF or CRLF CRLF whose rest is still to come. */
function isLineBreakBegun(bytes: Buffer, start: number): boolean {
  const left = bytes.length - start;
  if (left > 3 || bytes[start] !== CR) return false;
  if (left === 1) return true;
  return bytes[start + 1] === LF && (left === 2 || bytes[start + 2] === CR);
}
