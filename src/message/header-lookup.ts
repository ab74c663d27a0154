/**
 * Hot path: the name of every header field of every message goes through here, once, character by character.
 *
 * Theory: all known names, long and compact, are one tree of characters. A table row is a place in the tree, a column
 * is a character (letters without their case), an entry is the row to go to. Row 0 is where every unknown name ends
 * up, and stays. A name is looked up by walking; there is no hash, no string and nothing to compare afterwards.
 */
import * as characters from "./characters.ts";
import { faultAt } from "./fault.ts";
import { Header, type HeaderId } from "./header-ids.ts";
import { headerNames } from "./header-names.ts";

const { COLON, SPACE, TAB, TOKEN, classOf } = characters;

const COLUMNS = 32;
const ID_BITS = 7;
const ROOT = 1;

/** 1 to 26 for letters, 27 for the hyphen, 28 for any other token character, 0 for what no name has. */
const columnOf = new Uint8Array(256);
for (let code = 0; code < 256; code += 1) {
  const letter = (code | 32) - 96;
  if (((classOf[code] ?? 0) & TOKEN) === 0) columnOf[code] = 0;
  else if (code >= 65 && letter >= 1 && letter <= 26) columnOf[code] = letter;
  else columnOf[code] = code === 45 ? 27 : 28;
}

const rows: number[][] = [[], []];
const idAtRow: HeaderId[] = [Header.Other, Header.Other];
for (const { id, name, compact } of headerNames) {
  for (const spelling of compact === undefined ? [name] : [name, compact]) {
    let row = ROOT;
    for (const character of spelling) {
      const column = columnOf[character.charCodeAt(0)] ?? 0;
      const known = rows[row];
      let next = known?.[column];
      if (next === undefined) {
        next = rows.length;
        rows.push([]);
        idAtRow.push(Header.Other);
        if (known !== undefined) known[column] = next;
      }
      row = next;
    }
    idAtRow[row] = id;
  }
}
const nextRow = new Uint16Array(rows.length * COLUMNS);
for (const [row, columns] of rows.entries()) {
  for (const [column, next] of columns.entries()) nextRow[row * COLUMNS + column] = next ?? 0;
}
const ids = Uint8Array.from(idAtRow);

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
export function scanHeaderName(text: string, start: number, end: number): number {
  let row = ROOT;
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    const column = columnOf[code]!;
    if (!(column > 0)) break;
    row = nextRow[row * COLUMNS + column]!;
    at += 1;
  }
  if (at === start) return faultAt(at, "a header field name");
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === COLON) return (at << ID_BITS) | ids[row]!;
    if (code !== SPACE && code !== TAB) break;
    at += 1;
  }
  return faultAt(at, "a : after the header field name");
}

/** The id of a header field name in any letter case, long or compact; `Header.Other` when it has none. */
export function headerIdOf(name: string): HeaderId {
  let row = ROOT;
  for (let at = 0; at < name.length; at += 1) {
    row = nextRow[row * COLUMNS + (columnOf[name.charCodeAt(at)] ?? 0)] ?? 0;
  }
  return (ids[row] ?? Header.Other) as HeaderId;
}
