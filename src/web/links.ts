import type { CodeLanguage } from "../codes/index.ts";
import type { Edition, Place } from "./edition.ts";

/** The kinds of page; the first segment of a path says which. */
export const sections = [
  "home",
  "codes",
  "compare",
  "causes",
  "guides",
  "glossary",
  "who-sent-it",
  "search",
] as const;
export type Section = (typeof sections)[number];

/** `codes/404` as the URL of the page in the language of `edition`: the path, without the host. */
export function href({ language, place }: Edition, path: string): string {
  return `${place.base}/${language}/${path}`;
}

/** The page in another language, by a URL that others can follow. */
export function address({ base, origin }: Place, language: CodeLanguage, path: string): string {
  return `${origin ?? ""}${base}/${language}/${path}`;
}

export function codePath(code: number): string {
  return `codes/${code}`;
}

/** The lower number first: a pair has one page. */
export function pairPath(a: number, b: number): string {
  return `compare/${Math.min(a, b)}-${Math.max(a, b)}`;
}

export function causePath(id: string): string {
  return `causes/${id}`;
}

/** The languages that pages of a kind are there in. A page in half a language does not exist. */
export function languagesOf(
  { complete }: Pick<Edition, "complete">,
  section: Section,
): readonly CodeLanguage[] {
  switch (section) {
    case "home":
    case "codes":
    case "search":
      return complete.codes;
    case "compare":
      return complete.comparisons.filter((each) => complete.pairs.includes(each));
    case "causes":
      return complete.causes.filter((each) => complete.codes.includes(each));
    case "guides":
      return complete.guides.filter((each) => complete.codes.includes(each));
    case "glossary":
      return complete.glossary.filter((each) => complete.codes.includes(each));
    case "who-sent-it":
      return complete.whoSentIt.filter((each) => complete.codes.includes(each));
  }
}

/** Whether this edition has pages of that kind. */
export function has(edition: Edition, section: Section): boolean {
  return languagesOf(edition, section).includes(edition.language);
}

/** `RFC 3261 §21.4.5` at the RFC Editor; undefined for what is no RFC. */
export function rfcUrl(citation: string): string | undefined {
  const [, number, section] = /^RFC (\d+)(?: §([\d.]*\d))?/.exec(citation) ?? [];
  if (number === undefined) return undefined;
  return `https://www.rfc-editor.org/rfc/rfc${number}.html${section === undefined ? "" : `#section-${section}`}`;
}
