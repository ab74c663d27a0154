import { importsOf } from "../imports.ts";
import { lineAt, type Source } from "../source.ts";
import type { Finding, Rule } from "../tree.ts";

const INDEX = /^src\/(?:[a-z-]+\/)?index\.ts$/;

/** What leaves a layer through its `index.ts` has a doc comment; types that only gather or derive from named ones need none. */
export const docCommentRule: Rule = ({ sources }) => {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const findings = new Map<string, Finding>();
  for (const index of sources.filter(({ path }) => INDEX.test(path))) {
    for (const { names, path } of importsOf(index)) {
      const source = path === undefined ? undefined : byPath.get(path);
      // What another index offers is looked at there.
      if (source === undefined || INDEX.test(source.path)) continue;
      for (const name of exportedNames(names, source)) {
        const finding = undocumented(source, name);
        if (finding !== undefined) findings.set(`${finding.path} ${name}`, finding);
      }
    }
  }
  return [...findings.values()];
};

/** `{ a, type B, c as d }` gives a, B, c; `*` gives all that the file exports. */
function exportedNames(names: string, source: Source): string[] {
  if (names.includes("*")) {
    const declared = source.code.matchAll(/^export (?:abstract |async )?\w+\*? ([\w$]+)/gm);
    return [...declared].map((match) => match[1] ?? "");
  }
  return names
    .replaceAll(/[{}]/g, "")
    .split(",")
    .map(
      (each) =>
        each
          .trim()
          .replace(/^type /, "")
          .split(" as ")[0] ?? "",
    )
    .filter(Boolean);
}

function undocumented(source: Source, name: string): Finding | undefined {
  const declaration = new RegExp(
    `^export (?:declare )?(?:abstract |async )?(?:const|let|function\\*?|class|interface|type) ${name.replaceAll("$", "\\$")}\\b.*`,
    "m",
  ).exec(source.code);
  if (declaration === null) return undefined;
  if (/^export type \w+ = (?:.*\btypeof\b|\w+(?: \| \w+)+;)/.test(declaration[0])) return undefined;
  // One comment may stand over a block of one-line declarations.
  const block = /(?:^export (?:const|type) .*;\n)+(?![^])/m.exec(
    source.text.slice(0, declaration.index),
  );
  const before = source.text.slice(0, block?.index ?? declaration.index).trimEnd();
  const comment = source.comments.find(({ end }) => end === before.length);
  if (comment?.text.startsWith("/**") === true) return undefined;
  const line = lineAt(source.text, declaration.index);
  return { path: source.path, line, text: `${name} leaves the layer without a doc comment` };
}
