import { widthOf } from "./text-width.ts";

// oxlint-disable-next-line no-control-regex -- an escape sequence begins with one
const PAINT = /\u001b\[\d+m/g;

/** What a line may end behind: Chinese letters and Japanese kana. Korean is wide as well, and ends at spaces. */
const WIDE = "\\u2e80-\\u9fff\\uff00-\\uff60\\u{20000}-\\u{3fffd}";
const OPENING = "（「『《【〈“‘";
/** What no line begins with: closing marks, and in Japanese small kana and the marks that lengthen or repeat. */
const CLOSING =
  "、。，．：；！？）」』》】〉”’…％・ー〜々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ";
const BLANK = " \\t\\n";
/** A unit that a line may end after: blanks, a word, or one wide letter with the marks that cling to it. */
const UNIT = new RegExp(
  `[${BLANK}]+|[${OPENING}]*(?:[[${WIDE}]--[${OPENING}${CLOSING}]]|[^${BLANK}${WIDE}]+|(?=[${CLOSING}]))[${CLOSING}]*|.`,
  "gv",
);

/** Columns on a terminal: escape sequences take none, wide letters two. */
export function columnsOf(text: string): number {
  return widthOf(text.replaceAll(PAINT, ""));
}

const SPACELESS = new RegExp(`[${WIDE}]$`, "v");

/** Whether a text ends in Chinese or Japanese, which has no spaces between words and sentences. */
export function isSpaceless(text: string): boolean {
  return SPACELESS.test(text);
}

/** Texts behind each other, a space between them where the script has spaces. */
export function inOneLine(...texts: readonly string[]): string {
  return texts.reduce((line, text) => line + (isSpaceless(line) ? "" : " ") + text);
}

/** The text filled up with spaces to that many columns; unchanged when it takes more. */
export function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}

/**
 * Lines no wider than `width`, the first indented by `first`, the others by `rest`. Chinese and Japanese break nearly
 * anywhere; at a no-break space nothing does.
 */
export function wrapped(text: string, width: number, first = 0, rest = first): string[] {
  const lines: string[] = [];
  let line = " ".repeat(first);
  let columns = first;
  let isEmpty = true;
  for (const unit of (text.match(UNIT) ?? []).flatMap((each) => pieces(each, width - rest))) {
    const isSpace = /^[ \t\n]+$/.test(unit);
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
  if (columnsOf(unit) <= width) return [unit];
  // Escape sequences must stay whole; a painted word that long is left to the terminal.
  if (unit.includes("\u001b")) return [unit];
  let room = width;
  let fits = 0;
  for (const character of unit) {
    room -= widthOf(character);
    if (room < 0) break;
    fits += character.length;
  }
  const hyphen = unit.lastIndexOf("-", fits - 1);
  const end = hyphen > 0 ? hyphen + 1 : Math.max(fits, 1);
  return [unit.slice(0, end), ...pieces(unit.slice(end), width)];
}
