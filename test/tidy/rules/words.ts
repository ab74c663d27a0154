import { lineAt, type Source } from "../source.ts";
import { isProduct, isTest, type Finding, type Rule } from "../tree.ts";

/** Looked for with strings and comments blanked. */
const everywhere: readonly (readonly [RegExp, string])[] = [
  [/(?<![.\w$])any\b(?!\s*[:(?])/g, "say what it is, or unknown"],
  [/\bas unknown as\b/g, "make the types meet"],
  [/\bexport default\b/g, "name what you export"],
];

/** Where a default export is what somebody else's loader asks for. */
const DEFAULT_EXPORT_ASKED_FOR =
  /^(?:scripts\/test-reporter\.ts|examples\/.*config\.ts|test\/.*\.config\.ts)$/;

const CODE_LINE =
  /^(?:(?:import|export|const|let|var|return|throw|await|function|class)\b.*[;={(]$|(?:if|for|while|switch) ?\(.*[{;)]$|[\w$.[\]]+\(.*\);$|[\w$.[\]]+ [+-]?= .*;$|[})\]]+[;,]?$)/;

/** Words that do not pass: `any`, a doubled cast, empty catch, default export, console, FIXME, commented-out code. */
export const wordRule: Rule = ({ sources }) => sources.flatMap((source) => findingsIn(source));

function findingsIn(source: Source): Finding[] {
  const { path, text, bare, code } = source;
  const findings: Finding[] = [];
  const found = (offset: number, what: string): void => {
    findings.push({ path, line: lineAt(text, offset), text: what });
  };
  for (const [pattern, instead] of everywhere) {
    if (pattern.source.includes("default") && DEFAULT_EXPORT_ASKED_FOR.test(path)) continue;
    for (const match of bare.matchAll(pattern)) found(match.index, `"${match[0]}": ${instead}`);
  }
  if (isProduct(path) && !path.startsWith("src/cli/")) {
    for (const match of bare.matchAll(/\bconsole\./g)) {
      found(match.index, "console outside cli: write a trace event or a log line");
    }
  }
  for (const match of code.matchAll(/\bcatch\s*(?:\([^)]*\)\s*)?\{\s*\}/g)) {
    const original = text.slice(match.index, match.index + match[0].length);
    if (bare[match.index] === "c" && !/\/[/*]/.test(original))
      found(match.index, "empty catch: handle it, or say why not");
  }
  commentFindings(source, found);
  return findings;
}

function commentFindings(
  { path, comments }: Source,
  found: (offset: number, what: string) => void,
): void {
  for (const { start, text } of comments) {
    // The rules themselves must be able to name what they look for.
    if (path.startsWith("test/tidy/")) continue;
    if (/\bFIXME\b/.test(text)) found(start, "FIXME: fix it, or TODO(owner) with a condition");
    if (/\bTODO\b(?!\([^)]+\): .*\w)/.test(text)) found(start, "TODO(owner): and when it can go");
    if (text.startsWith("//") && CODE_LINE.test(text.slice(2).trim())) {
      found(start, "commented-out code: delete it");
    }
  }
}

/** Files that may cast to a brand: the parsers that earn it, and stores that read back what a parser wrote. */
const BRAND_MAKERS: Readonly<Record<string, string>> = {
  "src/proxy/branch-id.ts": "makes new ones",
  "src/location/lmdb.ts": "its keys were parsed before they were written",
};

/** Casts to a brand stand only in `message`, where its parsers are, in the files listed, and in tests. */
export const brandRule: Rule = ({ sources }) => {
  const product = sources.filter(({ path }) => isProduct(path));
  const brands = product.flatMap(({ code }) =>
    [...code.matchAll(/\btype (\w+) = Brand</g)].map((match) => match[1] ?? ""),
  );
  if (brands.length === 0) return [];
  const cast = new RegExp(`\\bas (?:${brands.join("|")})\\b(?!\\s*[,}])`, "g");
  return product
    .filter(({ path }) => !path.startsWith("src/message/") && BRAND_MAKERS[path] === undefined)
    .filter(({ path }) => !isTest(path) && !path.endsWith("conformance.ts"))
    .flatMap(({ path, text, bare }) =>
      [...bare.matchAll(cast)].map((match) => ({
        path,
        line: lineAt(text, match.index),
        text: `"${match[0]}": only the parser that earned it may; parse instead`,
      })),
    );
};
