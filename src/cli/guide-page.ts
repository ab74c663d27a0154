import type { Guide, GuideBlock } from "../codes/index.ts";
import { wrapped } from "../base/text-wrap.ts";
import { fromMarkdown, painted, paragraphs, type Look } from "./text-layout.ts";

const INDENT = 2;
const MAX_POINTERS = 3;

/** A guide for a terminal: each cause with its evidence and, below, what to do about it. */
export function guideLines(guide: Guide, look: Look): string[] {
  const heading = (key: string): string => painted(guide.headings[key] ?? key, "bold", look);
  const lines = [
    ...wrapped(painted(guide.title, "bold", look), look.width),
    ...wrapped(fromMarkdown(guide.lead, look), look.width, INDENT),
  ];
  const section = (key: string, body: readonly string[]): void => {
    lines.push("", heading(key), ...body);
  };
  section("see", blockLines(guide.see, look));
  section(
    "causes",
    guide.causes.flatMap(({ name, text, evidence }, index) => [
      ...(index === 0 ? [] : [""]),
      ...wrapped(painted(`${index + 1}. ${name}`, "bold", look), look.width, INDENT, INDENT + 3),
      ...paragraphs(text, look, INDENT + 3),
      ...paragraphs(evidence, look, INDENT + 5).map((line) => marked(line)),
    ]),
  );
  section("find", blockLines(guide.find, look));
  section(
    "fix",
    guide.causes.flatMap(({ name, fix }, index) => [
      ...wrapped(painted(`${index + 1}. ${name}`, "bold", look), look.width, INDENT, INDENT + 3),
      ...paragraphs(fix, look, INDENT + 3),
    ]),
  );
  section("isNot", blockLines(guide.isNot, look));
  const { codes, compare, guides } = guide.facts;
  const next = [
    `nexthop code: ${codes.join(", ")}`,
    ...(compare.length === 0
      ? []
      : [`nexthop compare: ${compare.map((pair) => pair.replace("-", " ")).join(", ")}`]),
    `nexthop guide: ${guides.join(", ")}`,
  ].flatMap((line) => wrapped(line, look.width, 0, INDENT));
  lines.push("", ...next.map((line) => painted(line, "dim", look)));
  return lines;
}

/** Guides as a list: the id to ask for, the title, the lead. */
export function guideListLines(guides: readonly Guide[], look: Look): string[] {
  return guides.flatMap(({ id, title, lead }) => [
    painted(id, "code", look),
    ...wrapped(painted(title, "bold", look), look.width, INDENT),
    ...wrapped(fromMarkdown(lead, look), look.width, INDENT),
  ]);
}

/** Where a search of codes finds guides as well: how to ask for the best of them. */
export function guidePointers(guides: readonly Guide[], look: Look): string[] {
  return guides
    .slice(0, MAX_POINTERS)
    .flatMap(({ id, title }) =>
      wrapped(`${painted(`nexthop guide ${id}`, "code", look)}: ${title}`, look.width, 0, INDENT),
    );
}

function blockLines(blocks: readonly GuideBlock[], look: Look): string[] {
  return blocks.flatMap((block, index) => [
    ...(index === 0 ? [] : [""]),
    ...(block.kind === "text"
      ? paragraphs(block.text, look, INDENT)
      : block.lines.map((line) => {
          const indented = " ".repeat(block.kind === "ladder" ? INDENT : 2 * INDENT) + line;
          return block.kind === "commands" ? painted(indented, "code", look) : indented;
        })),
  ]);
}

/** Evidence has a bar at its left, as a quotation has. */
function marked(line: string): string {
  return line.startsWith("     ") ? `     ┆ ${line.trimStart()}` : line;
}
