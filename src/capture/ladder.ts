import type { Ladder, LadderColumn, LadderRow } from "../trace/index.ts";
import { centred, cutTo, widthOf } from "../base/text-width.ts";

/** What a ladder must fit, and where its time begins. */
export interface LadderOptions {
  /** Columns of the terminal; 80 where nothing else is known. Below 40 it is 40. */
  readonly width?: number;
  /** What `+0 ms` is; the first row's time where left out. */
  readonly startedAtMs?: number;
}

/** A wait longer than this is marked with a row of its own. */
const GAP_MS = 5_000;
const TIME_WIDTH = 11;
const MARGIN = 2;
const MINIMUM_WIDTH = 40;
const TITLE_LIMIT = 24;
/** Between two lifelines, whatever the width: room for an arrow and a few letters. */
const MINIMUM_SPAN = 8;

/**
 * Draws a ladder row by row, as text of a fixed width: a lifeline for each column, an arrow with its label for each
 * row, the time since the start at the left. The same arrow again at once (a retransmission) is folded into one with
 * `×n`; where rows come live, the caller shows the folded line in place of the last.
 */
export class LadderPrinter {
  readonly #columns: readonly LadderColumn[];
  readonly #span: number;
  #startedAtMs: number | undefined;
  #last: LadderRow | undefined;
  #lastAtMs = 0;
  #count = 1;

  constructor(columns: readonly LadderColumn[], options: LadderOptions = {}) {
    this.#columns = columns;
    this.#startedAtMs = options.startedAtMs;
    const width = Math.max(MINIMUM_WIDTH, options.width ?? 80);
    const titles = Math.ceil(widthOf(columns.at(-1)?.title ?? "") / 2);
    const free = width - TIME_WIDTH - MARGIN - Math.min(titles, TITLE_LIMIT / 2);
    this.#span = Math.max(MINIMUM_SPAN, Math.floor(free / Math.max(1, columns.length - 1)));
  }

  /** The titles, each over its lifeline. */
  header(): string {
    let line = "";
    this.#columns.forEach(({ title }, index) => {
      const centre = this.#lifelineAt(index);
      const cut = cutTo(title, Math.min(this.#span - 2, TITLE_LIMIT));
      const start = Math.max(widthOf(line), centre - Math.floor(widthOf(cut) / 2));
      line += " ".repeat(start - widthOf(line)) + cut;
    });
    return line;
  }

  /** The lines that this row adds; `replacesLast` when its line takes the place of the one before. */
  row(row: LadderRow): { readonly lines: readonly string[]; readonly replacesLast: boolean } {
    const last = this.#last;
    this.#startedAtMs ??= row.atMs;
    const gapMs = last === undefined ? 0 : row.atMs - this.#lastAtMs;
    this.#lastAtMs = row.atMs;
    if (last !== undefined && isSame(last, row)) {
      this.#count += 1;
      return { lines: [this.#draw(last, this.#count)], replacesLast: true };
    }
    this.#last = row;
    this.#count = 1;
    const lines = [this.#draw(row, 1)];
    if (gapMs >= GAP_MS) lines.unshift(this.#gap(gapMs));
    return { lines, replacesLast: false };
  }

  #draw(row: LadderRow, count: number): string {
    const from = this.#indexOf(row.from);
    const to = this.#indexOf(row.to);
    const label = count > 1 ? `${row.label} ×${count}` : row.label;
    const time = timeText(row.atMs - (this.#startedAtMs ?? row.atMs)).padStart(TIME_WIDTH - 1);
    const left = Math.min(from, to);
    const right = Math.max(from, to);
    let line = `${time} `;
    for (let index = 0; index < this.#columns.length; index += 1) {
      line += " ".repeat(Math.max(0, this.#lifelineAt(index) - widthOf(line)));
      if (index !== left || left === right) {
        line += "│";
        if (index === left) line += ` ${cutTo(label, this.#span - 2)}`;
        continue;
      }
      const inner = this.#span * (right - left) - 1;
      line += `│${arrow(label, inner, to > from)}`;
      line += "│";
      index = right;
    }
    return line.trimEnd();
  }

  #gap(gapMs: number): string {
    let line = `${`(${timeText(gapMs).slice(1)})`.padStart(TIME_WIDTH - 1)} `;
    this.#columns.forEach((_, index) => {
      line += `${" ".repeat(Math.max(0, this.#lifelineAt(index) - widthOf(line)))}┊`;
    });
    return line;
  }

  #lifelineAt(index: number): number {
    return TIME_WIDTH + MARGIN + index * this.#span;
  }

  #indexOf(id: string): number {
    const index = this.#columns.findIndex((column) => column.id === id);
    return Math.max(0, index);
  }
}

/** The whole ladder as lines. */
export function layoutLadder(ladder: Ladder, options: LadderOptions = {}): string[] {
  const printer = new LadderPrinter(ladder.columns, options);
  const lines = [printer.header()];
  for (const row of ladder.rows) {
    const drawn = printer.row(row);
    if (drawn.replacesLast) lines.pop();
    lines.push(...drawn.lines);
  }
  return lines;
}

function isSame(one: LadderRow, other: LadderRow): boolean {
  return one.label === other.label && one.from === other.from && one.to === other.to;
}

/** `── INVITE ──▶` or `◀── 200 OK ──`, as wide as the space between two lifelines. */
function arrow(label: string, columns: number, isRightward: boolean): string {
  const text = cutTo(label, columns - 5);
  const shaft = centred(text === "" ? "" : ` ${text} `, columns - 1, "─");
  return isRightward ? `${shaft}▶` : `◀${shaft}`;
}

/** `+0.2 ms`, `+41.2 s`: five digits at most. */
function timeText(ms: number): string {
  if (ms < 9.95) return `+${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `+${Math.round(ms)} ms`;
  if (ms < 99_950) return `+${(ms / 1000).toFixed(1)} s`;
  return `+${Math.round(ms / 1000)} s`;
}
