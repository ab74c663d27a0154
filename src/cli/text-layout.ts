import { padded, wrapped } from "../base/text-wrap.ts";

/** How text may look: how wide, and whether it may be painted. */
export interface Look {
  readonly width: number;
  readonly colour: boolean;
}

const RESET = "\u001b[0m";
const STYLES = {
  bold: "\u001b[1m",
  italic: "\u001b[3m",
  dim: "\u001b[2m",
  code: "\u001b[36m",
} as const;

/** The text in a style, where colour is allowed. */
export function painted(text: string, style: keyof typeof STYLES, { colour }: Look): string {
  return colour ? STYLES[style] + text + RESET : text;
}

const MARK = /`([^`]+)`|\[([^\]]+)\]\([^)]*\)|\*\*(.+?)\*\*|\*([^*\s](?:[^*]*[^*\s])?)\*/g;

/** Our Markdown as a terminal shows it: links by their words; bold, stressed and code painted or plain. */
export function fromMarkdown(text: string, look: Look): string {
  return text.replaceAll(
    MARK,
    (_, code?: string, link?: string, bold?: string, stressed?: string) => {
      if (code !== undefined) return painted(code, "code", look);
      if (link !== undefined) return fromMarkdown(link, look);
      if (bold !== undefined) return painted(fromMarkdown(bold, look), "bold", look);
      return painted(fromMarkdown(stressed ?? "", look), "italic", look);
    },
  );
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
        return `${line}${padded(lines[row] ?? "", widths[index] ?? 0)}  `;
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
