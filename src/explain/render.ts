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
    return headLines(`${heading}: ${says}`, caseText, width).join("\n");
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
    lines.push(...wrap(`${labels.next}: ${explanation.next.says}`, width, 2, 4));
  }
  return lines.join("\n");
}

/** The heading with the case id at the right edge, or below it where there is no room. */
function headLines(heading: string, caseText: string, width: number): string[] {
  const gap = width - heading.length - caseText.length;
  if (gap >= 2) return [heading + " ".repeat(gap) + caseText];
  return [
    ...wrap(heading, width, 0, 2),
    " ".repeat(Math.max(0, width - caseText.length)) + caseText,
  ];
}

/** Rows in columns: the label, the value, the note; a note without room goes below its value. */
function rowLines(rows: readonly EvidenceRow[], width: number): string[] {
  const labelWidth = Math.max(0, ...rows.map(({ label }) => label.length));
  const valueLimit = Math.floor(width / 2) - 4;
  const values = rows.map(({ value }) => value.length).filter((length) => length <= valueLimit);
  const valueWidth = Math.max(0, ...values);
  return rows.flatMap(({ label, value, note }) => {
    const start = `    ${label.padEnd(labelWidth)}   `;
    if (note === "") return wrap(start + value, width, 0, start.length);
    const left = `${start}${value.padEnd(valueWidth)}   `;
    if (value.length <= valueWidth && left.length + note.length <= width) return [left + note];
    const indent = start.length;
    return [...wrap(start + value, width, 0, indent), ...wrap(note, width, indent, indent)];
  });
}

/** One fix on the line of its label; several below it. */
function fixLines({ fixes, labels }: Explanation, width: number): string[] {
  const [only] = fixes;
  if (only === undefined) return [];
  if (fixes.length === 1) return wrap(`${labels.fixes} ${only}`, width, 2, 4);
  return [`  ${labels.fixes}`, ...fixes.flatMap((fix) => wrap(`- ${fix}`, width, 4, 6))];
}

const GLUE = "\u00a0";

/**
 * Breaks at spaces, but not inside a `command` nor between a number and its unit; a word longer than a line is cut,
 * so that nothing is wider.
 */
function wrap(text: string, width: number, firstIndent: number, restIndent: number): string[] {
  const glued = text
    .replaceAll(GLUE, " ")
    .replace(/`([^`]*)`/g, (_, command: string) => command.replaceAll(" ", GLUE))
    .replace(/(\d) (ms|s|min|h|d)\b/g, `$1${GLUE}$2`);
  const room = width - restIndent;
  const loose = glued.replace(/[^ ]+/g, (word) =>
    word.length > room ? word.replaceAll(GLUE, " ") : word,
  );
  return broken(loose, width, firstIndent, restIndent).map((line) => line.replaceAll(GLUE, " "));
}

function broken(text: string, width: number, firstIndent: number, restIndent: number): string[] {
  const lines: string[] = [];
  let rest = " ".repeat(firstIndent) + text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const isWord = space <= (lines.length === 0 ? firstIndent : restIndent);
    const end = isWord ? width : space;
    lines.push(rest.slice(0, end).trimEnd());
    rest = " ".repeat(restIndent) + rest.slice(end).trimStart();
  }
  if (rest.trim() !== "") lines.push(rest);
  return lines;
}
