import { columnsOf, inOneLine, padded, wrapped } from "../base/text-wrap.ts";
import type { EvidenceRow, Explanation } from "./types.ts";

/** What the text must fit, and whether it may be painted. */
export interface RenderOptions {
  /** Columns; 80 where nothing else is known. */
  readonly width: number;
  readonly colour: boolean;
}

const RESET = "\u001b[0m";
const BOLD = "\u001b[1m";
const DIM = "\u001b[2m";
const RED = "\u001b[31m";
const YELLOW = "\u001b[33m";
const CYAN = "\u001b[36m";
const COLOURS = { error: RED, warning: YELLOW, info: CYAN };

/** An explanation as text for a terminal. A case that worked is one line; nothing is wider than `width`. */
export function renderExplanation(explanation: Explanation, options: RenderOptions): string {
  const { width, colour } = options;
  const paint = (text: string, code: string): string => (colour ? code + text + RESET : text);
  const { heading, says, causeId, caseId, labels, state } = explanation;
  const caseText = `${labels.caseId} ${caseId}`;
  if (state === "succeeded") {
    return headLines(heading + labels.join + says, caseText, width).join("\n");
  }
  const [first = "", ...more] = headLines(heading, caseText, width);
  const lines = [paint(first, BOLD), ...more];
  const [reason = "", ...rest] = wrap(
    causeId === undefined ? says : `${causeId}: ${says}`,
    width,
    2,
    4,
  );
  const isPainted = causeId !== undefined && reason.startsWith(`  ${causeId}:`);
  lines.push(
    isPainted
      ? `  ${paint(causeId, COLOURS[explanation.severity])}${reason.slice(2 + causeId.length)}`
      : reason,
    ...rest,
    ...rowLines(explanation.evidence, width),
    ...fixLines(explanation, width),
    ...explanation.notes.flatMap((note) => wrap(note, width, 2, 4)).map((line) => paint(line, DIM)),
  );
  if (explanation.next !== undefined) {
    lines.push(...wrap(labels.next + labels.join + explanation.next.says, width, 2, 4));
  }
  return lines.join("\n");
}

/** The heading with the case id at the right edge, or below it where there is no room. */
function headLines(heading: string, caseText: string, width: number): string[] {
  const caseColumns = columnsOf(caseText);
  const gap = width - columnsOf(heading) - caseColumns;
  if (gap >= 2) return [heading + " ".repeat(gap) + caseText];
  return [...wrap(heading, width, 0, 2), " ".repeat(Math.max(0, width - caseColumns)) + caseText];
}

/** Rows in columns: the label, the value, the note; a note without room goes below its value. */
function rowLines(rows: readonly EvidenceRow[], width: number): string[] {
  const labelColumns = Math.max(0, ...rows.map(({ label }) => columnsOf(label)));
  const valueLimit = Math.floor(width / 2) - 4;
  const values = rows.map(({ value }) => columnsOf(value)).filter((size) => size <= valueLimit);
  const valueColumns = Math.max(0, ...values);
  const indent = labelColumns + 7;
  return rows.flatMap(({ label, value, note }) => {
    const start = `    ${padded(label, labelColumns)}   `;
    const [first = "", ...rest] = wrap(value, width, indent, indent);
    const lines = [(start + first.slice(indent)).trimEnd(), ...rest];
    if (note === "") return lines;
    const left = `${start}${padded(value, valueColumns)}   `;
    const fits = columnsOf(value) <= valueColumns && columnsOf(left) + columnsOf(note) <= width;
    return fits ? [left + note] : [...lines, ...wrap(note, width, indent, indent)];
  });
}

/** One fix on the line of its label; several below it. */
function fixLines({ fixes, labels }: Explanation, width: number): string[] {
  const [only] = fixes;
  if (only === undefined) return [];
  if (fixes.length === 1) return wrap(inOneLine(labels.fixes, only), width, 2, 4);
  return [`  ${labels.fixes}`, ...fixes.flatMap((fix) => wrap(`- ${fix}`, width, 4, 6))];
}

const GLUE = "\u00a0";

/**
 * Breaks at spaces and between wide letters, but not inside a `command`, between a number and its unit, or where
 * several spaces stand side by side; what is longer than a line is cut, so that nothing is wider.
 */
function wrap(text: string, width: number, firstIndent: number, restIndent: number): string[] {
  const glued = text
    .replace(/`([^`]*)`/g, (_, command: string) => command.replaceAll(" ", GLUE))
    .replace(/(?<=\d) (?=(?:ms|s|min|h|d|j|мс|с|мин|ч|сут)(?!\p{L}))/gu, GLUE)
    .replace(/ {2,}/g, (blanks) => GLUE.repeat(blanks.length));
  const room = width - restIndent;
  const loose = glued.replace(/[^ ]+/g, (word) =>
    columnsOf(word) > room ? word.replaceAll(GLUE, " ") : word,
  );
  return wrapped(loose, width, firstIndent, restIndent).map((line) => line.replaceAll(GLUE, " "));
}
