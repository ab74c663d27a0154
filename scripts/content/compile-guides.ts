import { readdirSync, readFileSync } from "node:fs";
import type {
  GlossaryEntry,
  GlossaryModule,
  GuideFacts,
  GuidesModule,
  SenderQuestion,
  WhoSentItModule,
} from "../../src/codes/guide-types.ts";
import type { Languages } from "./compile-codes.ts";
import { readGuideText, type GuideSections } from "./guide-page.ts";
import { dataModule, FIRST_LINE, importTable } from "./module-text.ts";

/** `glossary/facts.json`: by id, in no language. */
export type GlossaryFacts = Readonly<
  Record<string, { readonly source?: string; readonly related: readonly string[] }>
>;

/** `glossary/<lang>.json`. */
export interface GlossaryWords {
  readonly title: string;
  readonly lead: string;
  readonly entries: Readonly<Record<string, { readonly term: string; readonly text: string }>>;
}

/** `who-sent-it/tree.json`: each answer's target is the id of a question or of a verdict. */
export interface SenderTree {
  readonly start: string;
  readonly questions: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly verdicts: readonly string[];
}

/** `who-sent-it/<lang>.json`. */
export interface SenderWords {
  readonly title: string;
  readonly lead: string;
  readonly questions: Readonly<
    Record<
      string,
      {
        readonly question: string;
        readonly how: string;
        readonly answers: Readonly<Record<string, string>>;
      }
    >
  >;
  readonly verdicts: Readonly<
    Record<string, { readonly verdict: string; readonly because: string; readonly next: string }>
  >;
}

/** The modules that guides, glossary and decision tree become: file name in `src/codes/generated`, and text. */
export function compiledGuides(
  content: URL,
  { guides, glossary, whoSentIt }: Pick<Languages, "guides" | "glossary" | "whoSentIt">,
): readonly (readonly [name: string, text: string])[] {
  const types = "guide-types";
  return [
    ...guides.flatMap((each) =>
      dataModule(`guides.${each}`, "GuidesModule", guidesIn(content, each), types),
    ),
    ...glossary.flatMap((each) =>
      dataModule(`glossary.${each}`, "GlossaryModule", glossaryIn(content, each), types),
    ),
    ...whoSentIt.flatMap((each) =>
      dataModule(`who-sent-it.${each}`, "WhoSentItModule", whoSentItIn(content, each), types),
    ),
    [
      "guide-languages.ts",
      `${FIRST_LINE}import type { GlossaryModule, GuidesModule, WhoSentItModule } from "../${types}.ts";\n` +
        `import type { CodeLanguage } from "../types.ts";\n\n` +
        importTable("guideModules", "guides", "GuidesModule", guides) +
        importTable("glossaryModules", "glossary", "GlossaryModule", glossary) +
        importTable("whoSentItModules", "who-sent-it", "WhoSentItModule", whoSentIt),
    ],
  ];
}

/** The ids of the guides: their folders, by name. */
export function guideIds(content: URL): string[] {
  return readdirSync(new URL("guides/", content)).toSorted();
}

/** The guides in one language, in their order. */
function guidesIn(content: URL, language: string): GuidesModule {
  const shape = readJson(content, "schema/guide-sections.json") as GuideSections;
  return guideIds(content)
    .map((id) => {
      const { $schema: _, ...facts } = readJson(content, `guides/${id}/facts.json`) as {
        $schema: string;
      } & GuideFacts;
      const name = `guides/${id}/${language}.md`;
      const markdown = readFileSync(new URL(name, content), "utf8");
      return { id, facts, ...readGuideText(markdown, name, shape) };
    })
    .toSorted((one, other) => one.facts.order - other.facts.order);
}

function glossaryIn(content: URL, language: string): GlossaryModule {
  const facts = readJson(content, "glossary/facts.json") as GlossaryFacts;
  const { title, lead, entries } = readJson(content, `glossary/${language}.json`) as GlossaryWords;
  return {
    title,
    lead,
    entries: Object.entries(facts).map(([id, { source, related }]): GlossaryEntry => {
      const words = entries[id];
      if (words === undefined) throw new Error(`glossary/${language}.json: ${id} is not there`);
      return { id, ...words, source, related };
    }),
  };
}

function whoSentItIn(content: URL, language: string): WhoSentItModule {
  const tree = readJson(content, "who-sent-it/tree.json") as SenderTree;
  const name = `who-sent-it/${language}.json`;
  const words = readJson(content, name) as SenderWords;
  return {
    title: words.title,
    lead: words.lead,
    start: tree.start,
    questions: Object.entries(tree.questions).map(([id, answers]): SenderQuestion => {
      const own = words.questions[id];
      if (own === undefined) throw new Error(`${name}: question ${id} is not there`);
      return {
        id,
        question: own.question,
        how: own.how,
        answers: Object.entries(answers).map(([answer, target]) => ({
          id: answer,
          text: own.answers[answer] ?? "",
          next: { kind: tree.verdicts.includes(target) ? "verdict" : "question", id: target },
        })),
      };
    }),
    verdicts: tree.verdicts.map((id) => {
      const own = words.verdicts[id];
      if (own === undefined) throw new Error(`${name}: verdict ${id} is not there`);
      return { id, ...own };
    }),
  };
}

function readJson(content: URL, name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, content), "utf8"));
}
