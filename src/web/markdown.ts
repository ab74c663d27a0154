import type { Edition } from "./edition.ts";
import { escaped, raw, type Html } from "./html.ts";
import { has, href, rfcUrl, type Section } from "./links.ts";

// Our Markdown is small: bold, code, links to pages of ours; paragraphs parted by an empty line. Clauses of RFCs that
// stand in a text become links, and reason phrases say that they are English.

/** What `[480](code:480)` points at: section and path by kind. */
const targets: Readonly<Record<string, readonly [section: Section, path: (id: string) => string]>> =
  {
    code: ["codes", (id) => `codes/${id}`],
    compare: ["compare", (id) => `compare/${id}`],
    cause: ["causes", (id) => `causes/${id}`],
    guide: ["guides", (id) => `guides/${id}`],
    term: ["glossary", (id) => `glossary#${id}`],
  };

const MARK =
  /`([^`]+)`|\[([^\]]+)\]\((\w+):([^)]+)\)|\*\*(.+?)\*\*|\*([^*\s](?:[^*]*[^*\s])?)\*|RFC \d{3,5}(?: §\d[\d.]*\d|(?: §\d)?)|(\d{3}) ([A-Z][A-Za-z-]+(?: [A-Z][A-Za-z-]+)*)/g;

/** One paragraph, without the `<p>`. */
export function inline(text: string, edition: Edition): Html {
  return raw(marked(text, edition));
}

/** Paragraphs as `<p>`. */
export function paragraphs(text: string, edition: Edition): Html {
  return raw(
    text
      .split("\n\n")
      .map((paragraph) => `<p>${marked(paragraph, edition)}</p>`)
      .join(""),
  );
}

/** The text as people read it, for places that take no markup. */
export function plain(text: string): string {
  return text
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replaceAll("**", "")
    .replaceAll(/\*([^*\s](?:[^*]*[^*\s])?)\*/g, "$1")
    .replaceAll("`", "");
}

function marked(text: string, edition: Edition): string {
  let out = "";
  let end = 0;
  for (const match of text.matchAll(MARK)) {
    out += escaped(text.slice(end, match.index)) + markOf(match, edition);
    end = match.index + match[0].length;
  }
  return out + escaped(text.slice(end));
}

function markOf(match: RegExpExecArray, edition: Edition): string {
  const [whole, code, label, kind = "", id = "", bold, stressed, number, phrase] = match;
  if (code !== undefined) return `<code${inEnglish(edition)}>${escaped(code)}</code>`;
  if (label !== undefined) {
    const [section, path] = targets[kind] ?? [];
    const words = marked(label, edition);
    if (section === undefined || path === undefined || !has(edition, section)) return words;
    return `<a href="${href(edition, path(escaped(id)))}">${words}</a>`;
  }
  if (bold !== undefined) return `<strong>${marked(bold, edition)}</strong>`;
  if (stressed !== undefined) return `<em>${marked(stressed, edition)}</em>`;
  if (number !== undefined && phrase !== undefined) {
    const isName = edition.reference.code(Number(number))?.name === phrase;
    return isName && edition.language !== "en"
      ? `${number} <span lang="en">${phrase}</span>`
      : escaped(whole);
  }
  return `<a class="rfc" href="${rfcUrl(whole) ?? ""}">${whole}</a>`;
}

/** The attribute that says so, where the page is in another language. */
export function inEnglish({ language }: Edition): string {
  return language === "en" ? "" : ' lang="en"';
}
