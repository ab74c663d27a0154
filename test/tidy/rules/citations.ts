import { lineAt } from "../source.ts";
import type { Rule } from "../tree.ts";

/** The one form: `RFC 3261 §16.6 step 5`. A tool collects these, so every other spelling would be lost. */
const faults: readonly (readonly [RegExp, string])[] = [
  [/\bRFC[-_]?\d{3,5}\b/g, "write RFC, a space, the number"],
  [
    /\bRFC \d{3,5},?\s+(?:section|sec\.|clause|chapter|[Ss]\d|\d+\.\d)/gi,
    "write §16.6 after the number",
  ],
  [/\bRFC \d{3,5}(?:,\s*|\s{2,})§/g, "one space before §"],
  [/§\s+\d/g, "no space after §"],
  [/\b[Ss]ections? \d+\.\d+/g, "write §16.6"],
  [/§\d[\d.]*\d?(?:,? (?:point|bullet|number|no\.|nr\.) ?\d+| \(\d+\))/g, "write §16.6 step 5"],
];

/** Clauses are cited in one form, in code, comments and tests alike. */
export const citationRule: Rule = ({ sources }) =>
  sources
    .filter(({ path }) => !path.startsWith("test/tidy/"))
    .flatMap(({ path, text }) =>
      faults.flatMap(([pattern, instead]) =>
        [...text.matchAll(pattern)].map((match) => ({
          path,
          line: lineAt(text, match.index),
          text: `"${match[0]}": ${instead}`,
        })),
      ),
    );
