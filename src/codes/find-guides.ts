import type { Guide } from "./guide-types.ts";

/** What of a guide is searched. */
export type SearchedGuide = Pick<Guide, "id" | "title" | "lead"> & {
  readonly facts: Pick<Guide["facts"], "order" | "codes">;
  readonly causes: readonly {
    readonly name: string;
    readonly text: string;
    readonly evidence: string;
  }[];
};

/** Guides that hold every word, by id, title, names of causes and text: best first. */
export function guidesFor<T extends SearchedGuide>(text: string, all: readonly T[]): readonly T[] {
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
