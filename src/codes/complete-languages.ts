import { causeModules } from "./generated/cause-languages.ts";
import { glossaryModules, guideModules, whoSentItModules } from "./generated/guide-languages.ts";
import { codeModules, compareModules, pairModules } from "./generated/languages.ts";
import { codeLanguages, type CodeLanguage } from "./types.ts";

/** The languages that each part is complete in. A part that is not complete in one is shown in English by whoever asks. */
export interface CompleteLanguages {
  /** Pages of codes with their labels. */
  readonly codes: readonly CodeLanguage[];
  readonly comparisons: readonly CodeLanguage[];
  /** Words of their own that pairs have. */
  readonly pairs: readonly CodeLanguage[];
  /** Causes with their pages, and the words of explanations. */
  readonly causes: readonly CodeLanguage[];
  readonly guides: readonly CodeLanguage[];
  readonly glossary: readonly CodeLanguage[];
  readonly whoSentIt: readonly CodeLanguage[];
}

/** What is compiled of each part. */
export function completeLanguages(): CompleteLanguages {
  const comparisons = codeLanguages.filter(
    (each) => codeModules[each] !== undefined && compareModules[each] !== undefined,
  );
  return {
    // The labels of a page come with the sentences of comparisons.
    codes: comparisons,
    comparisons,
    pairs: comparisons.filter((each) => pairModules[each] !== undefined),
    causes: codeLanguages.filter((each) => causeModules[each] !== undefined),
    guides: codeLanguages.filter((each) => guideModules[each] !== undefined),
    glossary: codeLanguages.filter((each) => glossaryModules[each] !== undefined),
    whoSentIt: codeLanguages.filter((each) => whoSentItModules[each] !== undefined),
  };
}
