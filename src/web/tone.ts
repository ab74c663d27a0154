/** The class that paints a code in the colour of its hundreds: `c4`; `c0` beyond the six. */
export function toneOf(code: number): string {
  const hundreds = Math.floor(code / 100);
  return hundreds >= 1 && hundreds <= 6 ? `c${hundreds}` : "c0";
}
