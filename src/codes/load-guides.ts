import type { Glossary, Guide, WhoSentIt } from "./guide-types.ts";
import type { CodeLanguage } from "./types.ts";

/** All guides in their order; in English where the language has not all of them. */
export async function loadGuides(asked: CodeLanguage): Promise<readonly Guide[]> {
  const { guideModules } = await import("./generated/guide-languages.ts");
  const language = guideModules[asked] === undefined ? "en" : asked;
  const { data } = await guideModules[language]!();
  return data.map((guide) => ({ ...guide, language }));
}

export async function loadGlossary(asked: CodeLanguage): Promise<Glossary> {
  const { glossaryModules } = await import("./generated/guide-languages.ts");
  const language = glossaryModules[asked] === undefined ? "en" : asked;
  const { data } = await glossaryModules[language]!();
  return { language, ...data };
}

export async function loadWhoSentIt(asked: CodeLanguage): Promise<WhoSentIt> {
  const { whoSentItModules } = await import("./generated/guide-languages.ts");
  const language = whoSentItModules[asked] === undefined ? "en" : asked;
  const { data } = await whoSentItModules[language]!();
  return { language, ...data };
}
