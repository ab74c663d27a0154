import { readFileSync } from "node:fs";
import { causeIds, readCausePage } from "./cause-page.ts";

const FIRST_LINE = "// Made from content/ by scripts/compile-content.ts; not in git, not to be edited.\n";

/** The modules that the causes and the words of explanations become: file name in `src/codes/generated`, and text. */
export function compiledCauses(
  content: URL,
  languages: readonly string[],
): readonly (readonly [name: string, text: string])[] {
  const causes = new URL("causes/", content);
  const ids = causeIds(causes);
  const facts = ids.map((id) => {
    const { $schema: _, ...rest } = readJson(new URL(`${id}/facts.json`, causes));
    return [id, rest];
  });
  const modules: [string, string][] = [
    ["causes.facts.ts", moduleOf("CauseFacts", "causeFacts", facts)],
  ];
  for (const language of languages) {
    const texts = ids.map((id) => [id, readCausePage(new URL(`${id}/${language}.md`, causes))]);
    const words = readJson(new URL(`explain/${language}.json`, content));
    modules.push([
      `causes.${language}.ts`,
      moduleOf("CauseText", "causeTexts", texts) +
        `\nexport const words: Readonly<Record<string, string>> = ${JSON.stringify(words, undefined, 2)};\n`,
    ]);
  }
  return modules;
}

function moduleOf(type: string, name: string, entries: readonly (readonly unknown[])[]): string {
  const value = JSON.stringify(Object.fromEntries(entries as [string, unknown][]), undefined, 2);
  return (
    `${FIRST_LINE}import type { ${type} } from "../cause-content.ts";\n\n` +
    `export const ${name}: Readonly<Record<string, ${type}>> = ${value};\n`
  );
}

function readJson(path: URL): Record<string, unknown> {
  return JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
}
