import type { Guide, SearchHit } from "../../codes/index.ts";
import type { Edition } from "../edition.ts";
import { html, nothing, type Html } from "../html.ts";
import { href } from "../links.ts";
import type { Page } from "../page.ts";
import { fill } from "../words.ts";
import { rowOf } from "./codes.ts";
import { guideCard } from "./guides.ts";

/** What was asked longer than that is cut. */
export const QUERY_MAX_CHARS = 100;

/** The search: empty as the site has it, where the script fills it in; with what was found as the server answers. */
export function searchPage(edition: Edition, query = "", fitting: readonly Guide[] = []): Page {
  const { words, place } = edition;
  const asked = query.slice(0, QUERY_MAX_CHARS);
  const hits = asked.trim() === "" ? [] : edition.reference.search(asked);
  // Who asks by number, name or phrase wants the code, whose page names its guides.
  const guides = (hits[0]?.by ?? "text") === "text" ? fitting : [];
  return {
    section: "search",
    path: "search",
    hasForm: true,
    title: asked === "" ? words.searchPage : `${asked} · ${words.searchPage}`,
    description: words.searchLead,
    isUnlisted: true,
    body: html`<div class="hero"><div class="wrap"><h1>${words.searchPage}</h1><p class="lead">${words.searchLead}</p>
<form class="big" role="search" action="${href(edition, "search")}" aria-label="${words.searchPage}"><label class="hidden" for="ask">${words.search}</label><input id="ask" name="q" type="search" value="${asked}" maxlength="${QUERY_MAX_CHARS}" placeholder="${words.searchHint}" autocomplete="off" autocapitalize="none" spellcheck="false"><button>${words.searchButton}</button></form></div></div>
<div class="wrap"${place.isStatic ? staticData(edition) : nothing} id="results"><p role="status">${
      asked.trim() === "" ? nothing : foundText(hits.length + guides.length, asked, edition)
    }</p>${guides.length === 0 ? nothing : html`<h2>${words.guidesFound}</h2>`}<ul class="cards large">${guides.map((each) => guideCard(each, edition))}</ul><ul class="rows">${hits.map((hit) => rowOf(hit.code, edition, whyOf(hit, edition)))}</ul>${
      place.isStatic
        ? html`<noscript><p>${words.searchNoScript} <a href="${href(edition, "codes")}">${words.codesTitle}</a></p></noscript>`
        : nothing
    }</div>`,
  };
}

function foundText(count: number, query: string, { words }: Edition): string {
  return fill(count === 0 ? words.searchNothing : words.searchFound, { count, query });
}

function whyOf({ by, matched, name }: SearchHit, { reference }: Edition): Html {
  if (matched === "" || by === "number" || matched === name) return nothing;
  return html`<p class="why">${reference.labels[by] ?? by}: ${matched}</p>`;
}

/** What the script needs of this language: where its index is, and how to say what it found. */
function staticData(edition: Edition): Html {
  const { words, reference } = edition;
  const said = {
    found: words.searchFound,
    nothing: words.searchNothing,
    ...Object.fromEntries(
      ["name", "q850", "phrase", "text"].map((by) => [by, reference.labels[by]]),
    ),
  };
  return html` data-index="${href(edition, "search/index.json")}" data-pages="${href(edition, "")}" data-said="${JSON.stringify(said)}"`;
}
