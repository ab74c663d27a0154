import type { CauseContent } from "./cause-content.ts";
import type { Comparison } from "./compare/compare.ts";
import type { CompleteLanguages } from "./complete-languages.ts";
import type { Ladder } from "./compare/ladder.ts";
import type { Glossary, Guide, WhoSentIt } from "./guide-types.ts";
import type { Code, Reference } from "./reference.ts";
import type { SearchHit } from "./search.ts";
import type { CodeLanguage } from "./types.ts";

export type { CauseContent, CauseFacts, CauseText, Phrasing, Unit } from "./cause-content.ts";
export { languageOf } from "./language.ts";
export {
  codeLanguages,
  type CodeFacts,
  type CodeLanguage,
  type CodeText,
  type RegisteredFacts,
  type UnregisteredFacts,
} from "./types.ts";
export type { CompleteLanguages } from "./complete-languages.ts";
export type { Comparison } from "./compare/compare.ts";
export type { Ladder, LadderStep } from "./compare/ladder.ts";
export type {
  Glossary,
  GlossaryEntry,
  Guide,
  GuideBlock,
  GuideCause,
  GuideFacts,
  GuideText,
  SenderQuestion,
  SenderVerdict,
  WhoSentIt,
} from "./guide-types.ts";
export type { SearchedGuide } from "./find-guides.ts";
export type { Code, Reference, SaidFacts } from "./reference.ts";
export type { Searched, SearchHit } from "./search.ts";

/** Which languages each part of the reference is complete in, read without loading any of them. */
export async function completeLanguages(): Promise<CompleteLanguages> {
  return (await import("./complete-languages.ts")).completeLanguages();
}

/**
 * Loads the words of causes and explanations in one language when somebody reads; nothing of it is in memory before.
 * `language` of the answer says what they are in: English where the language asked for is not complete.
 */
export async function loadCauseContent(language: CodeLanguage = "en"): Promise<CauseContent> {
  return (await import("./load-causes.ts")).loadCauseContent(language);
}

/** Loads one language of the reference, once, and only when somebody asks; then all its answers come at once. */
export async function loadReference(language: CodeLanguage = "en"): Promise<Reference> {
  return (await import("./load.ts")).loadReference(language);
}

/**
 * One response code: facts, page and example. `language` of the answer says what it is in: English where the language
 * asked for is not complete. @returns undefined for a number that nobody uses
 */
export async function code(
  number: number,
  language: CodeLanguage = "en",
): Promise<Code | undefined> {
  return (await loadReference(language)).code(number);
}

/** Compares two registered codes, the lower number first whichever way they are given. @returns undefined for others */
export async function compare(
  a: number,
  b: number,
  language: CodeLanguage = "en",
): Promise<Comparison | undefined> {
  return (await loadReference(language)).compare(a, b);
}

/** Finds codes by number, name, vendor phrase, Q.850 cause (`cause 16`) and words of the pages: best first, 20 at most. */
export async function search(
  text: string,
  language: CodeLanguage = "en",
): Promise<readonly SearchHit[]> {
  return (await loadReference(language)).search(text);
}

/** A ladder as lines of text, for a terminal or a `<pre>`; `width` is where notes have to end. */
export async function ladderText(ladder: Ladder, width = 80): Promise<readonly string[]> {
  return (await import("./compare/ladder.ts")).ladderLines(ladder, width);
}

/** All guides by symptom, the commonest symptom first; `language` of each says what it is in. */
export async function guides(language: CodeLanguage = "en"): Promise<readonly Guide[]> {
  return (await import("./load-guides.ts")).loadGuides(language);
}

/** One guide by its id, as `stuck-on-100`. @returns undefined for an id that no guide has */
export async function guide(id: string, language: CodeLanguage = "en"): Promise<Guide | undefined> {
  return (await guides(language)).find((each) => each.id === id);
}

/** Finds guides by id, title or words of theirs: best first. */
export async function findGuides(
  text: string,
  language: CodeLanguage = "en",
): Promise<readonly Guide[]> {
  return (await import("./find-guides.ts")).guidesFor(text, await guides(language));
}

/** The glossary: terms of the trade and of ours, in a sentence or three each. */
export async function glossary(language: CodeLanguage = "en"): Promise<Glossary> {
  return (await import("./load-guides.ts")).loadGlossary(language);
}

/** The decision tree "who sent it?": from a response in a trace to whoever made it. */
export async function whoSentIt(language: CodeLanguage = "en"): Promise<WhoSentIt> {
  return (await import("./load-guides.ts")).loadWhoSentIt(language);
}
