/** East Asian wide and full-width letters and emoji take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
/** Marks that sit on the letter before them, and joiners, take none. */
const ZERO = /[\p{Mn}\p{Me}\u200b-\u200f]/u;

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

function columnsOf(character: string): number {
  if (character < "\u0300") return 1;
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** The text cut to that many columns; `…` in the last where something is missing. */
export function cutTo(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let cut = "";
  let width = 0;
  for (const character of text) {
    const next = columnsOf(character);
    if (width + next > columns - 1) break;
    cut += character;
    width += next;
  }
  return columns > 0 ? `${cut}…` : "";
}

/** The text in the middle of that many columns, filled up with `filler`. */
export function centred(text: string, columns: number, filler = " "): string {
  const cut = cutTo(text, columns);
  const free = columns - widthOf(cut);
  const left = Math.floor(free / 2);
  return filler.repeat(left) + cut + filler.repeat(free - left);
}
