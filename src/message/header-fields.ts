/**
 * Hot path. Where the header fields of a message stand.
 */
import { bytesOf } from "./bytes.ts";
import * as characters from "./characters.ts";
import { Header, type HeaderId } from "./header-ids.ts";
import { foundId, scanHeaderName } from "./header-lookup.ts";

const { CR, LF, SPACE, TAB } = characters;

/**
 * One number for each header field, in order: the offset of its line and its id, packed. It ends where the next one
 * starts; the last ends at `headersEnd`, where the empty line is.
 */
export interface FieldTable {
  readonly text: string;
  readonly fields: readonly number[];
  readonly headersStart: number;
  readonly headersEnd: number;
}

export function packField(offset: number, id: number): number {
  return (offset << 7) | id;
}

export function fieldId(table: FieldTable, index: number): HeaderId {
  return foundId(table.fields[index]!);
}

export function fieldStart(table: FieldTable, index: number): number {
  return table.fields[index]! >> 7;
}

/** Behind the line break that ends it. */
export function fieldEnd(table: FieldTable, index: number): number {
  return index + 1 < table.fields.length ? table.fields[index + 1]! >> 7 : table.headersEnd;
}

/** Behind the colon and the white space that follows it; right behind the colon when the value is empty. */
export function valueStart(table: FieldTable, index: number): number {
  const colon = table.text.indexOf(":", fieldStart(table, index));
  const end = fieldEnd(table, index);
  const start = skipWhiteInText(table.text, colon + 1, end);
  return start === end ? colon + 1 : start;
}

/** Before the white space and line break that end it; not before `start`. */
export function valueEnd(table: FieldTable, index: number, start: number): number {
  return trimEndInText(table.text, start, fieldEnd(table, index));
}

/** `skipWhite` where the text is not at hand as bytes. */
export function skipWhiteInText(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isWhite(text.charCodeAt(at))) at += 1;
  return at;
}

function trimEndInText(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isWhite(text.charCodeAt(at - 1))) at -= 1;
  return at;
}

function isWhite(code: number): boolean {
  return code === SPACE || code === TAB || code === CR || code === LF;
}

/** The first field of that id from `from` on; -1 when there is none. */
export function findField(table: FieldTable, id: HeaderId, from: number): number {
  const { fields } = table;
  for (let index = from; index < fields.length; index += 1) {
    if (foundId(fields[index]!) === id) return index;
  }
  return -1;
}

/** The offset behind the line that starts at `start`, folds included; -1 when the text ends first. */
export function endOfField(text: string, start: number): number {
  let lineFeed = text.indexOf("\n", start);
  while (lineFeed !== -1) {
    const next = text.charCodeAt(lineFeed + 1);
    if (next !== SPACE && next !== TAB) return lineFeed + 1;
    lineFeed = text.indexOf("\n", lineFeed + 1);
  }
  return -1;
}

/** Where the empty line ends that starts there: 0 when there is none. A bare LF ends a line too. */
export function emptyLineSize(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === LF) return 1;
  return code === CR && text.charCodeAt(at + 1) === LF ? 2 : 0;
}

/** Every header field that can be made out in a text that may be broken; lines that are none are passed over. */
export function scanFieldsLeniently(text: string, fieldsMax: number): FieldTable {
  const fields: number[] = [];
  const bytes = bytesOf(text, 0, text.length);
  let start = 0;
  while (emptyLineSize(text, start) > 0) start += emptyLineSize(text, start);
  const headersStart = text.indexOf("\n", start) + 1 || text.length;
  let at = headersStart;
  while (at < text.length && fields.length < fieldsMax && emptyLineSize(text, at) === 0) {
    const end = endOfField(text, at);
    const found = scanHeaderName(bytes, at, end === -1 ? text.length : end);
    // An unreadable line is kept as an unknown field, so that the field before it ends where it should.
    fields.push(packField(at, found === -1 ? Header.Other : foundId(found)));
    if (end === -1) at = text.length;
    else at = end;
  }
  return { text, fields, headersStart, headersEnd: at };
}
