import type { Edition } from "../edition.ts";
import { html, nothing } from "../html.ts";
import { inline } from "../markdown.ts";
import type { Page } from "../page.ts";

/** The glossary: all terms on one page, each with a place of its own to link to. */
export function glossaryPage(edition: Edition): Page | undefined {
  const { glossary } = edition;
  if (glossary === undefined) return undefined;
  const { title, lead, entries } = glossary;
  return {
    section: "glossary",
    path: "glossary",
    title,
    description: lead,
    body: html`<div class="hero"><div class="wrap"><h1>${title}</h1><p class="lead">${inline(lead, edition)}</p></div></div>
<div class="wrap"><dl class="glossary">${entries.map(
      // The terms that belong to one another are links in the texts already.
      ({ id, term, text, source }) =>
        html`<div id="${id}"><dt>${term}</dt><dd>${inline(text, edition)}${source === undefined ? nothing : html` <small>${inline(source, edition)}</small>`}</dd></div>`,
    )}</dl></div>`,
  };
}
