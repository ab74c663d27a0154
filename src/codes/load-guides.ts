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

/** Guides that hold every word, by id, title, names of causes and text: best first. */
export function guidesFor(text: string, all: readonly Guide[]): readonly Guide[] {
  const asked = text.trim().toLowerCase();
  const exact = all.filter(({ id, title }) => id === asked || title.toLowerCase() === asked);
  if (exact.length > 0 || asked === "") return exact;
  const terms = asked.split(/[\s,;:"'()]+/u).filter(Boolean);
  const scored = all.flatMap((guide) => {
    const heads = [
      `${guide.id} ${guide.title} ${guide.facts.codes.join(" ")}`,
      `${guide.lead} ${guide.causes.map(({ name }) => name).join(" ")}`,
      guide.causes.map((cause) => `${cause.text} ${cause.evidence}`).join(" "),
    ].map((each) => each.toLowerCase());
    let score = 0;
    for (const term of terms) {
      const at = heads.findIndex((each) => each.includes(term));
      if (at === -1) return [];
      score += at;
    }
    return [{ guide, score }];
  });
  return scored
    .toSorted(
      (one, other) => one.score - other.score || one.guide.facts.order - other.guide.facts.order,
    )
    .map(({ guide }) => guide);
}
