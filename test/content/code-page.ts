/** A page of one response code as its Markdown is laid out; nothing is rendered here. */
export interface CodePage {
  readonly title: string;
  readonly lead: string;
  readonly headings: readonly string[];
  /** By heading; the text up to the next one. */
  readonly sections: Readonly<Record<string, string>>;
  /** Targets of links, as `code:480`, `cause:user-unknown`. */
  readonly links: readonly string[];
  readonly words: number;
}

/** Reads `# title`, a lead, then `## heading` sections. */
export function readCodePage(markdown: string): CodePage {
  const [head = "", ...parts] = markdown.split(/^## /m);
  const [title = "", ...lead] = head.split("\n");
  const sections: Record<string, string> = {};
  const headings: string[] = [];
  for (const part of parts) {
    const end = part.indexOf("\n");
    const heading = part.slice(0, end);
    headings.push(heading);
    sections[heading] = part.slice(end + 1).trim();
  }
  return {
    title: title.replace(/^# /, ""),
    lead: lead.join("\n").trim(),
    headings,
    sections,
    links: [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target),
    words: wordsIn(markdown),
  };
}

/** The rows of the first table of a section, cells trimmed, its ruler left out. */
export function tableRows(section: string): readonly (readonly string[])[] {
  return section
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\|[-| ]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
}

/** Words a reader reads: link targets and the rulers of tables do not count. */
function wordsIn(markdown: string): number {
  const visible = markdown.replaceAll(/\]\([^)]*\)/g, "]").replaceAll(/^\|[-| ]+\|$/gm, "");
  return visible.match(/[\p{L}\p{N}][\p{L}\p{N}'’./@:=+*;_-]*/gu)?.length ?? 0;
}
