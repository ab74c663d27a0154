import { referenceOf, type Reference } from "./reference.ts";
import type { CodeLanguage } from "./types.ts";

const loaded = new Map<CodeLanguage, Promise<Reference>>();

/** Loads one language of the reference, once; a part that is not complete in it comes in English, and says so. */
export function loadReference(language: CodeLanguage): Promise<Reference> {
  const known = loaded.get(language);
  if (known !== undefined) return known;
  const reference = load(language);
  loaded.set(language, reference);
  return reference;
}

async function load(language: CodeLanguage): Promise<Reference> {
  const { codeModules, compareModules, factsModule, pairModules } =
    await import("./generated/languages.ts");
  const codesIn = codeModules[language] === undefined ? "en" : language;
  // Sentences and the words of tokens stand side by side, so a comparison needs both.
  const comparisonsIn =
    compareModules[language] === undefined || codesIn !== language ? "en" : language;
  const pairsIn =
    pairModules[language] === undefined || comparisonsIn !== language ? "en" : language;
  const [facts, codes, compare, pairs, comparedCodes] = await Promise.all([
    factsModule(),
    moduleOf(codeModules, codesIn),
    moduleOf(compareModules, comparisonsIn),
    moduleOf(pairModules, pairsIn),
    moduleOf(codeModules, comparisonsIn),
  ]);
  return referenceOf({
    language,
    codesIn,
    comparisonsIn,
    pairsIn,
    facts: facts.data,
    codes: codes.data,
    compare: compare.data,
    pairs: pairs.data,
    comparedCodes: comparedCodes.data,
  });
}

/** @throws TypeError when English itself was not compiled: run `npm run prepare` */
function moduleOf<T>(
  modules: { readonly [L in CodeLanguage]?: () => Promise<T> },
  language: CodeLanguage,
): Promise<T> {
  return modules[language]!();
}
