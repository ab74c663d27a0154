import type { Edition } from "../edition.ts";
import { html, nothing } from "../html.ts";
import { inline } from "../markdown.ts";
import type { Page } from "../page.ts";

/** The glossary: all terms on one page, each with a place of its own to link to. */
export function glossaryPage(edition: Edition): Page | undefined {
  const { glossary } = edition;
  if (glossary === undefined) return undefined;
  const { title, lead, entries } = glossary;
  const termOf = new Map(entries.map(({ id, term }) => [id, term]));
  return {
    section: "glossary",
    path: "glossary",
    title,
    description: lead,
    body: html`<div class="hero"><div class="wrap"><h1>${title}</h1><p class="lead">${inline(lead, edition)}</p></div></div>
<div class="wrap"><dl class="glossary">${entries.map(
      ({ id, term, text, source, related }) =>
        html`<div id="${id}"><dt>${term}</dt><dd>${inline(text, edition)}${
          source === undefined && related.length === 0
            ? nothing
            : html`<p class="note">${source === undefined ? nothing : inline(source, edition)}${source !== undefined && related.length > 0 ? " · " : nothing}${related.map((each, at) => html`${at > 0 ? ", " : nothing}<a href="#${each}">${termOf.get(each) ?? each}</a>`)}</p>`
        }</dd></div>`,
    )}</dl></div>`,
  };
}
