/**
 * Hot path: the name of every header field of every message goes through here, once.
 *
 * Theory: a name's first and last letter lead to at most a few known spellings, long and compact, in a chain; the one
 * of the same length is compared byte by byte. No hash over the whole name, no string, and nothing that waits for the
 * byte before.
 */
import * as characters from "./characters.ts";
import { faultAt } from "./fault.ts";
import { Header, type HeaderId } from "./header-ids.ts";
import { headerNames } from "./header-names.ts";

const { classOf, COLON, SPACE, TAB, TOKEN } = characters;

const ID_BITS = 7;
const LETTERS = 32;
const { Other } = Header;

/** By first and last letter: the number of the first spelling, and by spelling: that of the next; 0 ends the chain. */
const firstSpelling = new Uint8Array(LETTERS * LETTERS);
const nextSpelling = new Uint8Array(256);
const idOfSpelling = new Uint8Array(256);
const sizeOfSpelling = new Uint8Array(256);
/** All spellings in lower case, one after another, and where each starts. */
const startOfSpelling = new Uint16Array(256);
const letters: number[] = [];

let spellings = 0;
for (const { id, name, compact } of headerNames) {
  for (const spelling of compact === undefined ? [name] : [name, compact]) {
    spellings += 1;
    const bytes = Buffer.from(spelling.toLowerCase(), "latin1");
    const key = keyOf(bytes[0] ?? 0, bytes.at(-1) ?? 0);
    nextSpelling[spellings] = firstSpelling[key] ?? 0;
    firstSpelling[key] = spellings;
    idOfSpelling[spellings] = id;
    sizeOfSpelling[spellings] = bytes.length;
    startOfSpelling[spellings] = letters.length;
    letters.push(...bytes);
  }
}
const lettersOfSpellings = Uint8Array.from(letters);

/** A letter's number is the same in either case. */
function keyOf(first: number, last: number): number {
  return (first & (LETTERS - 1)) * LETTERS + (last & (LETTERS - 1));
}

/** The header field that {@link scanHeaderName} found. */
export function foundId(found: number): HeaderId {
  return (found & ((1 << ID_BITS) - 1)) as HeaderId;
}

/** Where its colon is. */
export function foundColon(found: number): number {
  return found >> ID_BITS;
}

/**
 * Reads `name *(SP / HTAB) ":"` at the start of a line.
 *
 * @returns the colon's offset and the id in one number, for {@link foundId} and {@link foundColon}; -1 with the fault
 * noted when this is no header field
 */
export function scanHeaderName(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (classOf[bytes[at]!]! & TOKEN) !== 0) at += 1;
  if (at === start) return faultAt(at, "header-field-name");
  const id = idOfToken(bytes, start, at);
  while (at < end) {
    const code = bytes[at]!;
    if (code === COLON) return (at << ID_BITS) | id;
    if (code !== SPACE && code !== TAB) break;
    at += 1;
  }
  return faultAt(at, "header-colon");
}

/** A token has no byte that setting the bit of lower case could turn into another's letter or hyphen. */
function idOfToken(bytes: Uint8Array, start: number, end: number): HeaderId {
  const size = end - start;
  let spelling = firstSpelling[keyOf(bytes[start]!, bytes[end - 1]!)]!;
  while (spelling !== 0) {
    if (sizeOfSpelling[spelling] === size) {
      const from = startOfSpelling[spelling]!;
      let at = 0;
      while (at < size && (bytes[start + at]! | 32) === lettersOfSpellings[from + at]!) at += 1;
      if (at === size) return idOfSpelling[spelling]! as HeaderId;
    }
    spelling = nextSpelling[spelling]!;
  }
  return Other;
}

/** The id of a header field name in any letter case, long or compact; `Header.Other` when it has none. */
export function headerIdOf(name: string): HeaderId {
  const bytes = Buffer.from(`${name}:`, "latin1");
  const found = scanHeaderName(bytes, 0, bytes.length);
  return found === -1 || foundColon(found) !== name.length ? Other : foundId(found);
}
