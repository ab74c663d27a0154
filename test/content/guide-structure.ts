import type { GuideBlock, GuideText } from "../../src/codes/index.ts";

/** Targets of links, as `code:480`, `term:via`. */
export function linksIn(markdown: string): readonly string[] {
  return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
}

/** What of a guide every language has alike: how many causes, what kind of blocks, the commands letter by letter. */
export function skeletonOf({ see, causes, find, isNot }: GuideText): unknown {
  return { see: see.map(boneOf), causes: causes.length, find: find.map(boneOf), isNot: isNot.map(boneOf) };
}

/** Words a reader reads: drawings, commands and the targets of links do not count. */
export function wordsOf(markdown: string): number {
  return proseOf(markdown).match(/[\p{L}\p{N}][\p{L}\p{N}'’./@:=+*;_-]*/gu)?.length ?? 0;
}

/** The page without drawings, commands and targets of links. */
export function proseOf(markdown: string): string {
  return markdown.replaceAll(/^```[^]*?^```$/gm, "").replaceAll(/\]\([^)]*\)/g, "]");
}

/** Every `nexthop …` of a text: lines of command blocks and code among words. */
export function commandsIn(markdown: string): readonly string[] {
  const lines = [...markdown.matchAll(/^(?:.*\| )?(nexthop .+)$/gm)].map(([, line = ""]) => line);
  const inline = [...markdown.matchAll(/`(nexthop [^`]+)`/g)].map(([, command = ""]) => command);
  return [...lines, ...inline];
}

function boneOf(block: GuideBlock): unknown {
  if (block.kind === "text") return "text";
  return block.kind === "commands" ? block.lines : block.lines.length;
}
