import { readFileSync } from "node:fs";
import type { CauseFactsModule, CausesModule, Phrasing } from "../../src/codes/cause-content.ts";
import { causeIds, readCausePage } from "./cause-page.ts";
import { dataModule, FIRST_LINE, importTable } from "./module-text.ts";

/** The modules that the causes and the words of explanations become: file name in `src/codes/generated`, and text. */
export function compiledCauses(
  content: URL,
  { explanations }: { readonly explanations: readonly string[] },
): readonly (readonly [name: string, text: string])[] {
  const causes = new URL("causes/", content);
  const ids = causeIds(causes);
  const facts: CauseFactsModule = Object.fromEntries(
    ids.map((id) => {
      const { $schema: _, ...rest } = readJson(new URL(`${id}/facts.json`, causes)) as {
        $schema: string;
      } & CauseFactsModule[string];
      return [id, rest];
    }),
  );
  const from = "cause-content";
  return [
    ...dataModule("causes.facts", "CauseFactsModule", facts, from),
    ...explanations.flatMap((language) => {
      const texts = ids.map((id) => [id, readCausePage(new URL(`${id}/${language}.md`, causes))]);
      const data: CausesModule = {
        texts: Object.fromEntries(texts),
        words: readJson(new URL(`explain/${language}.json`, content)) as CausesModule["words"],
        cli: readJson(new URL(`cli/${language}.json`, content)) as CausesModule["cli"],
        phrasing: readJson(new URL(`phrasing/${language}.json`, content)) as Phrasing,
      };
      return dataModule(`causes.${language}`, "CausesModule", data, from);
    }),
    [
      "cause-languages.ts",
      `${FIRST_LINE}import type { CauseFactsModule, CausesModule } from "../${from}.ts";\n` +
        `import type { CodeLanguage } from "../types.ts";\n\n` +
        `export const causeFactsModule = (): Promise<{ readonly data: CauseFactsModule }> => import("./causes.facts.js");\n` +
        importTable("causeModules", "causes", "CausesModule", explanations),
    ],
  ];
}

function readJson(path: URL): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}
