import type { Edition } from "../edition.ts";
import { plain } from "../markdown.ts";

/** What the script of the search page searches: of each code the facts and texts that a search reads, as JSON. */
export function searchIndexOf({ reference }: Edition): string {
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
  return JSON.stringify({ facts, texts, words: { phrases } });
}
