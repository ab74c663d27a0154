import type { Aor } from "../message/index.ts";
import { AOR_CHARS_MAX, parseTypedAddress, passwordProblem } from "./typed-address.ts";

/** So many rows in one file; more go in by several files. */
export const IMPORT_ROWS_MAX = 1_000_000;

/** One good row. The password is as typed: Unicode. */
export interface ImportRow {
  readonly line: number;
  readonly aor: Aor;
  readonly password: string;
}

/** What is wrong with a row, in words for the person who wrote the file. Never names a password. */
export interface ImportProblem {
  readonly line: number;
  readonly text: string;
}

/** All of a file. With a problem among them nothing is to be imported. */
export interface Import {
  readonly rows: readonly ImportRow[];
  readonly problems: readonly ImportProblem[];
}

/**
 * Reads `aor,password` lines (RFC 4180: quotes allowed, doubled inside quotes; a field ends with its line). A first
 * line that ends in the word `password` and holds no address is a header. Empty lines do not count. Every bad row is
 * named, an address that stands twice among them.
 */
export function readImport(text: string): Import {
  const rows: ImportRow[] = [];
  const problems: ImportProblem[] = [];
  const lineByAor = new Map<Aor, number>();
  let line = 0;
  let isFirst = true;
  for (let at = text.startsWith("\ufeff") ? 1 : 0; at < text.length;) {
    const newline = text.indexOf("\n", at);
    const end = newline === -1 ? text.length : newline;
    const content = text.slice(at, text[end - 1] === "\r" && end > at ? end - 1 : end);
    at = end + 1;
    line += 1;
    if (content.trim() === "") continue;
    const read = readRow(content);
    const mayBeHeader = isFirst;
    isFirst = false;
    if (typeof read === "string") problems.push({ line, text: read });
    else if (mayBeHeader && isHeader(read)) continue;
    else {
      const [address, password] = read;
      const aor = parseTypedAddress(address);
      const earlier = aor === undefined ? undefined : lineByAor.get(aor);
      if (aor === undefined) problems.push({ line, text: noAddress(address) });
      else if (earlier !== undefined) {
        problems.push({ line, text: `${address.trim()} stands on line ${earlier} already` });
      } else if (rows.length === IMPORT_ROWS_MAX) {
        problems.push({ line, text: `more than ${IMPORT_ROWS_MAX} rows: split the file` });
        break;
      } else {
        const problem = passwordProblem(password);
        lineByAor.set(aor, line);
        if (problem === undefined) rows.push({ line, aor, password });
        else problems.push({ line, text: `${shortened(address.trim())}: ${problem}` });
      }
    }
  }
  return { rows, problems };
}

function isHeader([first, second]: readonly [string, string]): boolean {
  return !first.includes("@") && second.trim().toLowerCase() === "password";
}

function noAddress(address: string): string {
  return `"${shortened(address.trim())}" is not user@domain of at most ${AOR_CHARS_MAX} chars`;
}

/** @returns the two fields, or what is wrong */
function readRow(content: string): readonly [string, string] | string {
  if (!content.includes('"')) {
    const comma = content.indexOf(",");
    if (comma === -1) return "one field, and two are expected: aor,password";
    if (content.includes(",", comma + 1)) {
      return `${content.split(",").length} fields, and two are expected: quote what has a comma`;
    }
    return [content.slice(0, comma), content.slice(comma + 1)];
  }
  const fields = readFields(content);
  if (typeof fields === "string") return fields;
  const [first, second, ...more] = fields;
  return first === undefined || second === undefined || more.length > 0
    ? `${fields.length} fields, and two are expected: aor,password`
    : [first, second];
}

/** The fields of a line with quotes in it. */
function readFields(content: string): readonly string[] | string {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (content[at] !== '"') {
      const comma = content.indexOf(",", at);
      const field = content.slice(at, comma === -1 ? content.length : comma);
      if (field.includes('"')) return "a quote inside a field that does not begin with one";
      fields.push(field);
      if (comma === -1) return fields;
      at = comma + 1;
      continue;
    }
    let field = "";
    for (;;) {
      const quote = content.indexOf('"', at + 1);
      if (quote === -1) return "a quote that does not end on its line";
      field += content.slice(at + 1, quote);
      at = quote;
      if (content[quote + 1] !== '"') break;
      field += '"';
      at = quote + 1;
    }
    fields.push(field);
    at += 1;
    if (at === content.length) return fields;
    if (content[at] !== ",") return "something between a closing quote and the comma";
    at += 1;
  }
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
