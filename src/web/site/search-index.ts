import type { SearchedGuide } from "../../codes/index.ts";
import type { Edition } from "../edition.ts";
import { plain } from "../markdown.ts";

/** What the script of the search page searches: of each code the facts and texts that a search reads, as JSON. */
export function searchIndexOf({ reference, guides }: Edition): string {
  const codes = reference.numbers.flatMap((each) => reference.code(each) ?? []);
  const facts = codes.map(
    ({ facts: { code, name, registered, q850, vendorPhrases }, facts: all }) => ({
      code,
      name,
      registered,
      q850,
      vendorPhrases,
      ...(all.registered ? { formerNames: all.formerNames, wrongNames: all.wrongNames } : {}),
    }),
  );
  const texts = Object.fromEntries(
    codes.map(({ code, text }) => [
      code,
      { ...text, lead: plain(text.lead), headings: {}, checkColumns: [] },
    ]),
  );
  const phrases = Object.fromEntries(
    codes.flatMap(({ facts: { vendorPhrases = [] }, said }) =>
      vendorPhrases.map(({ id }, at) => [id, said.phrases[at]?.means ?? ""]),
    ),
  );
  return JSON.stringify({
    codes: { facts, texts, words: { phrases } },
    guides: guides.map((each): SearchedGuide => ({
      id: each.id,
      title: each.title,
      lead: plain(each.lead),
      facts: { order: each.facts.order, codes: each.facts.codes },
      causes: each.causes.map(({ name, text, evidence }) => ({ name, text, evidence })),
    })),
  });
}
