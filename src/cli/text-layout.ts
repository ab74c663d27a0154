import { widthOf } from "../base/text-width.ts";

/** How text may look: how wide, and whether it may be painted. */
export interface Look {
  readonly width: number;
  readonly colour: boolean;
}

// oxlint-disable-next-line no-control-regex -- an escape sequence begins with one
const PAINT = /\u001b\[\d+m/g;
const RESET = "\u001b[0m";
const STYLES = { bold: "\u001b[1m", dim: "\u001b[2m", code: "\u001b[36m" } as const;

const WIDE = "\\u2e80-\\u9fff\\uac00-\\ud7a3\\uff00-\\uff60\\u{20000}-\\u{3fffd}";
const OPENING = "（「『《【〈“‘";
const CLOSING = "、。，．：；！？）」』》】〉”’…％";
/** A unit that a line may end after: spaces, a word, or one wide letter with the marks that cling to it. */
const UNIT = new RegExp(
  `\\s+|[${OPENING}]*(?:[[${WIDE}]--[${OPENING}${CLOSING}]]|[^\\s${WIDE}]+|(?=[${CLOSING}]))[${CLOSING}]*|.`,
  "gv",
);

/** Columns on a terminal: escape sequences take none, wide letters two. */
export function columnsOf(text: string): number {
  return widthOf(text.replaceAll(PAINT, ""));
}

/** The text in a style, where colour is allowed. */
export function painted(text: string, style: keyof typeof STYLES, { colour }: Look): string {
  return colour ? STYLES[style] + text + RESET : text;
}

/** Our Markdown as a terminal shows it: links by their words, bold and code painted or plain. */
export function fromMarkdown(text: string, look: Look): string {
  return text
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replaceAll(/\*\*(.+?)\*\*/g, (_, bold: string) => painted(bold, "bold", look))
    .replaceAll(/`([^`]+)`/g, (_, code: string) => painted(code, "code", look));
}

/** Lines no wider than `width`, the first indented by `first`, the others by `rest`. Chinese and Japanese break anywhere. */
export function wrapped(text: string, width: number, first = 0, rest = first): string[] {
  const lines: string[] = [];
  let line = " ".repeat(first);
  let columns = first;
  let isEmpty = true;
  for (const unit of (text.match(UNIT) ?? []).flatMap((each) => pieces(each, width - rest))) {
    const isSpace = unit.trim() === "";
    const needs = isSpace ? 1 : columnsOf(unit);
    if (isSpace && isEmpty) continue;
    if (!isEmpty && columns + needs > width) {
      lines.push(line.trimEnd());
      line = " ".repeat(rest);
      columns = rest;
      isEmpty = true;
      if (isSpace) continue;
    }
    line += isSpace ? " " : unit;
    columns += needs;
    isEmpty = false;
  }
  if (!isEmpty) lines.push(line.trimEnd());
  return lines;
}

/** A word too long for any line, cut where it must be: behind its last hyphen that fits, or anywhere. */
function pieces(unit: string, width: number): readonly string[] {
  if (unit.length <= width || columnsOf(unit) <= width) return [unit];
  // Escape sequences must stay whole; a painted word that long is left to the terminal.
  if (unit.includes("\u001b")) return [unit];
  const hyphen = unit.lastIndexOf("-", width - 1);
  const end = hyphen > 0 ? hyphen + 1 : width;
  return [unit.slice(0, end), ...pieces(unit.slice(end), width)];
}

/** Cells side by side, each wrapped in its column; two spaces between columns. */
export function rowLines(
  cells: readonly string[],
  widths: readonly number[],
  indent: number,
): string[] {
  const columns = cells.map((cell, index) => wrapped(cell, widths[index] ?? 0));
  const height = Math.max(...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_, row) =>
    columns
      .reduce((line, lines, index) => {
        const text = lines[row] ?? "";
        const free = Math.max(0, (widths[index] ?? 0) - columnsOf(text));
        return `${line}${text}${" ".repeat(free)}  `;
      }, " ".repeat(indent))
      .trimEnd(),
  );
}

/** Each paragraph wrapped, an empty line between them. */
export function paragraphs(markdown: string, look: Look, indent: number): string[] {
  return markdown
    .split(/\n\n+/)
    .flatMap((paragraph, index) => [
      ...(index === 0 ? [] : [""]),
      ...wrapped(fromMarkdown(paragraph.replaceAll("\n", " "), look), look.width, indent),
    ]);
}
