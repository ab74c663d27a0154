import type { CauseContent } from "./cause-content.ts";
import type { CodeLanguage } from "./types.ts";

const loaded = new Map<CodeLanguage, Promise<CauseContent>>();

/** Loads the words of one language, once; English where it is not complete, and `language` says so. */
export function loadCauseContent(asked: CodeLanguage): Promise<CauseContent> {
  const known = loaded.get(asked);
  if (known !== undefined) return known;
  const content = load(asked);
  loaded.set(asked, content);
  return content;
}

async function load(asked: CodeLanguage): Promise<CauseContent> {
  const { causeFactsModule, causeModules } = await import("./generated/cause-languages.ts");
  const language = causeModules[asked] === undefined ? "en" : asked;
  const [facts, { data }] = await Promise.all([causeFactsModule(), causeModules[language]!()]);
  return { language, facts: facts.data, ...data };
}
