import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { CodeFacts, CodeText } from "../../src/codes/types.ts";
import { readCodeText, type CodeSections } from "./code-page.ts";
import { dataModule, FIRST_LINE, importTable } from "./module-text.ts";

/** `content/languages.json`: what is complete in which language. */
export interface Languages {
  readonly planned: readonly string[];
  readonly codes: readonly string[];
  /** Must be complete in `codes` too: sentences and the words of tokens stand side by side. */
  readonly comparisons: readonly string[];
  readonly pairs: readonly string[];
  readonly guides: readonly string[];
  readonly glossary: readonly string[];
  readonly whoSentIt: readonly string[];
  /** Pages of causes, the words between them, and how they are put together. */
  readonly explanations: readonly string[];
}

/**
 * The modules that the pages of codes and comparisons become: file name in `src/codes/generated`, and text.
 */
export function compiledCodes(
  content: URL,
  { codes, comparisons, pairs }: Languages,
): readonly (readonly [name: string, text: string])[] {
  const folder = new URL("codes/", content);
  const shape = readJson(new URL("schema/code-sections.json", content)) as CodeSections;
  const facts = codeNumbers(folder).map((code) => {
    const { $schema: _, ...rest } = readJson(new URL(`${code}/facts.json`, folder)) as {
      $schema: string;
    } & CodeFacts;
    return rest;
  });
  const examples = facts.flatMap(({ code }) => {
    const path = new URL(`${code}/example.sip`, folder);
    return existsSync(path) ? [[code, readFileSync(path, "latin1")]] : [];
  });
  const modules: (readonly [string, string])[] = dataModule("codes.facts", "FactsModule", {
    facts,
    examples: Object.fromEntries(examples),
  });
  for (const language of codes) {
    const texts: Record<string, CodeText> = {};
    for (const { code, registered } of facts) {
      const name = `codes/${code}/${language}.md`;
      const markdown = readFileSync(new URL(name, content), "utf8");
      texts[code] = readCodeText(markdown, { name, registered, shape });
    }
    const words = readJson(new URL(`words/${language}.json`, folder));
    modules.push(...dataModule(`codes.${language}`, "CodeModule", { texts, words }));
  }
  for (const language of comparisons) {
    const words = readJson(new URL(`compare/${language}.json`, content));
    modules.push(...dataModule(`compare.${language}`, "CompareWords", words));
  }
  for (const language of pairs) {
    const texts = pairNames(content).map((pair) => [
      pair,
      readFileSync(new URL(`pairs/${pair}/${language}.md`, content), "utf8").trim(),
    ]);
    modules.push(...dataModule(`pairs.${language}`, "PairTexts", Object.fromEntries(texts)));
  }
  modules.push(["languages.ts", languageTable({ codes, comparisons, pairs })]);
  return modules;
}

/** The codes that have a folder, in order. */
export function codeNumbers(folder: URL): string[] {
  return readdirSync(folder)
    .filter((name) => /^\d{3}$/.test(name))
    .toSorted();
}

/** The pairs that have words of their own: `404-480`, lower number first. */
export function pairNames(content: URL): string[] {
  return readdirSync(new URL("pairs/", content))
    .filter((name) => /^\d{3}-\d{3}$/.test(name))
    .toSorted();
}

function languageTable({
  codes,
  comparisons,
  pairs,
}: Pick<Languages, "codes" | "comparisons" | "pairs">): string {
  return (
    `${FIRST_LINE}import type { CodeLanguage, CodeModule, CompareWords, FactsModule, PairTexts } from "../types.ts";\n\n` +
    `export const factsModule = (): Promise<{ readonly data: FactsModule }> => import("./codes.facts.js");\n` +
    importTable("codeModules", "codes", "CodeModule", codes) +
    importTable("compareModules", "compare", "CompareWords", comparisons) +
    importTable("pairModules", "pairs", "PairTexts", pairs)
  );
}

function readJson(path: URL): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}
