/**
 * Hot path. Text is for slicing, bytes are for looking: a character code out of a string costs V8 twice to four times
 * what a byte out of an array does, so what is to be scanned is first written here.
 */
import { MESSAGE_SIZE_BYTES_MAX } from "./limits.ts";

/** Zeros behind the text, so that looking one or two characters ahead never sees what was here before. */
const ZEROS = 4;

/** What `write(text, start, "latin1")` ends in; Node has it, its types have not. */
interface Latin1Writer {
  latin1Write(text: string, start: number): number;
}

let scratch = roomFor(MESSAGE_SIZE_BYTES_MAX);

function roomFor(sizeBytes: number): Buffer & Latin1Writer {
  return Buffer.alloc(sizeBytes + ZEROS) as Buffer & Latin1Writer;
}

/**
 * That part of the text as bytes, each at its own offset in the text; behind `end` stand zeros, before `start` anything.
 * Lent until the next call: whoever scans takes nothing else in between.
 */
export function bytesOf(text: string, start: number, end: number): Uint8Array {
  if (end + ZEROS > scratch.length) scratch = roomFor(2 * end);
  const part = start === 0 && end === text.length ? text : text.slice(start, end);
  scratch.latin1Write(part, start);
  scratch[end] = 0;
  scratch[end + 1] = 0;
  scratch[end + 2] = 0;
  return scratch;
}

/** Whether every character is a byte; text from people may not be, text from the network always is. */
export function isLatin1(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 255) return false;
  return true;
}

/**
 * The same text in memory of its own. A slice of 13 characters or more keeps the whole message alive: a tag, branch or
 * Call-ID that is to outlive its message by much (a key in a map, a stored binding) is detached first. Latin1 only.
 */
export function detached(text: string): string {
  bytesOf(text, 0, text.length);
  return scratch.toString("latin1", 0, text.length);
}
