import type { GuideBlock, GuideCause, GuideText } from "../../src/codes/guide-types.ts";

/** `content/schema/guide-sections.json`, as far as pages are read by it. */
export interface GuideSections {
  readonly sections: readonly string[];
  readonly headings: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * Reads `guides/<id>/<lang>.md`: `# title`, a lead, then the sections. A cause is `### name`, its paragraph, and
 * `> evidence`; its fix is the paragraph that begins with the same name in bold. @throws Error that names the page
 */
export function readGuideText(markdown: string, name: string, shape: GuideSections): GuideText {
  const complain = (what: string): never => {
    throw new Error(`${name}: ${what}`);
  };
  const [head = "", ...parts] = markdown.split(/^## /m);
  const keys = shape.sections;
  if (parts.length !== keys.length) complain(`${parts.length} sections, not ${keys.join(", ")}`);
  const headings: Record<string, string> = {};
  const sections: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const end = part.indexOf("\n");
    headings[keys[index] ?? ""] = part.slice(0, end);
    sections[keys[index] ?? ""] = part.slice(end + 1).trim();
  }
  const title = /^# (.+)\n/.exec(head)?.[1] ?? complain("begins with `# title`");
  const fixes = fixesOf(sections["fix"] ?? "", name);
  const causes = (sections["causes"] ?? "")
    .split(/^### /m)
    .slice(1)
    .map((part, index): GuideCause => {
      const [cause = "", text = "", evidence = "", ...more] = part.trim().split(/\n\n+/);
      if (!evidence.startsWith("> ") || more.length > 0) {
        complain(`"${cause}" is not a paragraph and then \`> evidence\``);
      }
      const [fixed, fix] = fixes[index] ?? complain(`"${cause}" has no fix`);
      if (fixed !== cause) complain(`the fix of "${cause}" is headed "${fixed}"`);
      return { name: cause, text: joined(text), evidence: joined(evidence.slice(2)), fix };
    });
  if (fixes.length !== causes.length) complain("as many fixes as causes");
  return {
    title,
    lead: joined(head.slice(head.indexOf("\n")).trim()),
    headings,
    see: blocksOf(sections["see"] ?? "", name),
    causes,
    find: blocksOf(sections["find"] ?? "", name),
    isNot: blocksOf(sections["isNot"] ?? "", name),
  };
}

/** `**name.** what to do`, one paragraph a cause. */
function fixesOf(section: string, name: string): [string, string][] {
  return section.split(/\n\n+/).map((paragraph) => {
    const match = /^\*\*(.+?)\s?[.。:：]\*\*\s*([^]+)$/u.exec(paragraph);
    if (match === null) throw new Error(`${name}: a fix begins with its cause in bold: ${paragraph}`);
    return [match[1] ?? "", joined(match[2] ?? "")];
  });
}

/** Paragraphs and fenced blocks: `text` is a ladder, `sh` are commands. */
function blocksOf(section: string, name: string): GuideBlock[] {
  return section.split(/^```/m).flatMap((piece, index): GuideBlock[] => {
    if (index % 2 === 0) {
      return piece
        .split(/\n\n+/)
        .map((paragraph) => joined(paragraph.trim()))
        .filter((paragraph) => paragraph !== "")
        .map((text) => ({ kind: "text", text }));
    }
    const [kind = "", ...lines] = piece.replace(/\n$/, "").split("\n");
    if (kind === "text") return [{ kind: "ladder", lines }];
    if (kind === "sh") return [{ kind: "commands", lines }];
    throw new Error(`${name}: a block of "${kind}", neither text nor sh`);
  });
}

/** A paragraph on one line; where it was broken stands a space. */
function joined(paragraph: string): string {
  return paragraph.replaceAll(/\n(?:> ?)?/g, " ");
}
