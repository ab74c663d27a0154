import {
  completeLanguages,
  glossary,
  guides,
  loadCauseContent,
  loadReference,
  whoSentIt,
  type CauseContent,
  type CodeLanguage,
  type CompleteLanguages,
  type Glossary,
  type Guide,
  type Reference,
  type WhoSentIt,
} from "../codes/index.ts";
import { loadWords, type WebWords } from "./words.ts";

/** Where the pages stand, and what reads them. */
export interface Place {
  /** Before every path: empty, or as `/reference` where the site is not at the root of its host. */
  readonly base: string;
  /** `https://example.org`, for the links that name a page for others; undefined: they name it by its path. */
  readonly origin: string | undefined;
  /** Files and no server: search and chooser need the script. */
  readonly isStatic: boolean;
  /** The names of the files that go with the pages, by what they are. */
  readonly assets: { readonly style: string; readonly script: string; readonly icon: string };
}

/** All that the pages of one language are made of, loaded. */
export interface Edition {
  readonly language: CodeLanguage;
  readonly words: WebWords;
  readonly reference: Reference;
  /** undefined where the causes are not there in this language yet. */
  readonly causes: CauseContent | undefined;
  /** None where they are not there in this language yet, as the next two. */
  readonly guides: readonly Guide[];
  readonly glossary: Glossary | undefined;
  readonly whoSentIt: WhoSentIt | undefined;
  readonly complete: CompleteLanguages;
  readonly place: Place;
}

/** Loads one language of the pages; nothing of it is in memory before. */
export async function loadEdition(language: CodeLanguage, place: Place): Promise<Edition> {
  const complete = await completeLanguages();
  const [words, reference, causes, ...more] = await Promise.all([
    loadWords(language),
    loadReference(language),
    complete.causes.includes(language) ? loadCauseContent(language) : undefined,
    complete.guides.includes(language) ? guides(language) : [],
    complete.glossary.includes(language) ? glossary(language) : undefined,
    complete.whoSentIt.includes(language) ? whoSentIt(language) : undefined,
  ]);
  return {
    language,
    words,
    reference,
    causes,
    guides: more[0],
    glossary: more[1],
    whoSentIt: more[2],
    complete,
    place,
  };
}
