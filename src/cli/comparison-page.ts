import { ladderText, type Comparison } from "../codes/index.ts";
import { columnsOf, inOneLine, wrapped } from "../base/text-wrap.ts";
import { painted, paragraphs, rowLines, type Look } from "./text-layout.ts";

const INDENT = 2;
const TOPIC_COLUMNS = 18;

/** A comparison for a terminal: the verdict, the ladder, a table of what differs, what is common, who sends which. */
export async function comparisonLines(comparison: Comparison, look: Look): Promise<string[]> {
  const { headings, codes, names, opening, written, ladder, differences, shared } = comparison;
  const lines = wrapped(painted(comparison.title, "bold", look), look.width);
  const part = (key: string, body: readonly string[]): void => {
    if (body.length > 0) lines.push("", painted(headings[key] ?? key, "bold", look), ...body);
  };
  lines.push(...wrapped(inOneLine(...opening), look.width, INDENT));
  if (written !== undefined) part("written", paragraphs(written.text, look, INDENT));
  if (ladder !== undefined) {
    const drawn = await ladderText(ladder, look.width - INDENT);
    part(
      "ladder",
      drawn.map((line) => " ".repeat(INDENT) + line),
    );
  }
  const topics = differences.map(({ heading }) => columnsOf(heading));
  const topicWidth = Math.min(TOPIC_COLUMNS, Math.max(...topics));
  const room = look.width - INDENT - topicWidth - 4;
  const widths = [topicWidth, Math.floor(room / 2), Math.ceil(room / 2)];
  const head = ["", ...codes.map((code, side) => painted(`${code} ${names[side]}`, "bold", look))];
  part("differences", [
    ...rowLines(head, widths, INDENT),
    ...differences.flatMap(({ heading, sides }) =>
      rowLines([painted(heading, "dim", look), ...sides], widths, INDENT),
    ),
  ]);
  part(
    "shared",
    shared.flatMap(({ text }) => wrapped(text, look.width, INDENT, INDENT)),
  );
  if (comparison.fork !== undefined) part("fork", wrapped(comparison.fork, look.width, INDENT));
  part(
    "sending",
    comparison.sending.flatMap((text) => wrapped(text, look.width, INDENT, 2 * INDENT)),
  );
  return lines;
}
