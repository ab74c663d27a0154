import { widthOf } from "../../base/text-width.ts";
import type { Ladder, LadderStep } from "../../codes/index.ts";
import { escaped, raw, type Html } from "../html.ts";

/** Between two parties, by how many there are. */
const GAPS: Readonly<Record<number, number>> = { 2: 220, 3: 160, 4: 130 };
const SIDE = 46;
const TOP = 34;
const ROW = 30;
const NOTE = 18;
/** Width of a column of text at the size of the notes. */
const NOTE_COLUMN = 7.2;

/** A ladder as a drawing, and for who cannot see it as a list of its messages in words. */
export function ladderOf(ladder: Ladder, label: string): Html {
  const { parties, steps } = ladder;
  const gap = GAPS[parties.length] ?? 120;
  const at = (place: number): number => SIDE + place * gap;
  let y = TOP;
  let drawn = "";
  let widest = at(parties.length - 1) + SIDE;
  for (const step of steps) {
    y += ROW;
    drawn += arrowOf(step, at, y);
    if (step.note !== undefined) {
      y += NOTE;
      const x = at(Math.min(step.from, step.to)) + 8;
      drawn += `<text class="n" x="${x}" y="${y - 4}">${escaped(step.note)}</text>`;
      widest = Math.max(widest, x + widthOf(step.note) * NOTE_COLUMN + 4);
    }
  }
  const width = Math.ceil(widest);
  const height = y + 16;
  const rails = parties
    .map(
      (name, place) =>
        `<text class="p" x="${at(place)}" y="18">${escaped(name)}</text><path class="r" d="M${at(place)} 26V${height - 4}"/>`,
    )
    .join("");
  const told = steps.map((step) => `<li>${escaped(inWords(step, parties))}</li>`).join("");
  return raw(
    `<div class="ladder" tabindex="0" role="region" aria-label="${escaped(label)}"><svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true">` +
      `${rails}${drawn}</svg><ol class="hidden">${told}</ol></div>`,
  );
}

function arrowOf({ from, to, text }: LadderStep, at: (place: number) => number, y: number): string {
  const [x1, x2] = [at(from), at(to)];
  const back = x2 > x1 ? -1 : 1;
  const tone = /^[1-6]\d\d/.test(text) ? ` c${text.charAt(0)}` : "";
  return (
    `<g class="s${tone}"><path d="M${x1} ${y}H${x2}m${7 * back} -4 ${-7 * back} 4 ${7 * back} 4"/>` +
    `<text x="${(x1 + x2) / 2}" y="${y - 6}">${escaped(text)}</text></g>`
  );
}

function inWords({ from, to, text, note }: LadderStep, parties: readonly string[]): string {
  const message = `${parties[from] ?? ""} → ${parties[to] ?? ""}: ${text}`;
  return note === undefined ? message : `${message} (${note})`;
}
