import type { CodeText } from "../../src/codes/types.ts";

/** `content/schema/code-sections.json`, as far as pages are read by it. */
export interface CodeSections {
  readonly registered: { readonly sections: readonly string[] };
  readonly unregistered: { readonly sections: readonly string[] };
  readonly headings: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly checkColumns: Readonly<Record<string, readonly string[]>>;
  readonly fixers: Readonly<Record<string, readonly string[]>>;
}

/** Reads `<lang>.md` of a code. @throws Error that names the page and what it lacks */
export function readCodeText(
  markdown: string,
  options: { readonly name: string; readonly registered: boolean; readonly shape: CodeSections },
): CodeText {
  const { name, registered, shape } = options;
  const keys = (registered ? shape.registered : shape.unregistered).sections;
  const [head = "", ...parts] = markdown.split(/^## /m);
  if (parts.length !== keys.length) {
    throw new Error(`${name}: ${parts.length} sections, not ${keys.length} (${keys.join(", ")})`);
  }
  const headings: Record<string, string> = {};
  const sections: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const key = keys[index] ?? "";
    const end = part.indexOf("\n");
    headings[key] = part.slice(0, end);
    sections[key] = part.slice(end + 1).trim();
  }
  const [checkColumns = [], ...checks] = rowsOf(sections["checks"] ?? "");
  const text = {
    lead: head.slice(head.indexOf("\n")).trim(),
    headings,
    meaning: sections["meaning"] ?? "",
    occasions: sections["occasions"] ?? "",
    checkColumns,
    checks,
  };
  if (!registered) return { ...text, instead: sections["instead"] ?? "" };
  return {
    ...text,
    fixes: boldParagraphs(sections["fixes"] ?? "", name).map(([reader, fix]) => ({
      reader: reader.replace(/[.:。：]$/u, ""),
      text: fix,
    })),
    isNot: sections["isNot"] ?? "",
    questions: boldParagraphs(sections["questions"] ?? "", name).map(([question, answer]) => ({
      question,
      answer,
    })),
  };
}

/** The cells of a table, head first, ruler left out. */
function rowsOf(section: string): string[][] {
  return section
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\|[-:| ]+\|$/.test(line))
    .map((line) =>
      line
        .trim()
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
}

/** Paragraphs that begin in bold: the bold part and the rest; one that does not belongs to the one before it. */
function boldParagraphs(section: string, name: string): [string, string][] {
  const found: [string, string][] = [];
  for (const paragraph of section.split(/\n\n+/)) {
    const match = /^\*\*(.+?)\*\*\s*/.exec(paragraph);
    const last = found.at(-1);
    if (match !== null) found.push([match[1] ?? "", paragraph.slice(match[0].length)]);
    else if (last !== undefined) last[1] += `\n\n${paragraph}`;
    else throw new Error(`${name}: a paragraph does not begin in bold: ${paragraph.slice(0, 40)}`);
  }
  return found;
}
