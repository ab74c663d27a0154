import type { Code } from "../../codes/index.ts";
import type { Edition } from "../edition.ts";
import { html, nothing, raw, type Html } from "../html.ts";
import { codePath, has, href } from "../links.ts";
import { inEnglish } from "../markdown.ts";
import type { Page } from "../page.ts";
import { toneOf } from "../tone.ts";
import { chooserOf } from "./chooser.ts";
import { guideCard } from "./guides.ts";
import { pairCard } from "./pair-card.ts";

/** Pairs for the first page: those that people ask about most. */
const ASKED_MOST: readonly (readonly [number, number])[] = [
  [404, 480],
  [401, 407],
  [486, 600],
  [180, 183],
  [408, 480],
  [500, 503],
  [100, 404],
  [487, 603],
];

/** The first page of a language: search, all codes at a glance, the comparisons that people ask for. */
export function homePage(edition: Edition): Page {
  const { words } = edition;
  return {
    section: "home",
    path: "",
    hasForm: true,
    title: words.homeTitle,
    description: words.homeLead,
    body: html`<div class="hero home"><div class="wrap"><h1>${words.homeTitle}</h1><p class="lead">${words.homeLead}</p>
<form class="big" role="search" action="${href(edition, "search")}" aria-label="${words.searchPage}"><label class="hidden" for="ask">${words.search}</label><input id="ask" name="q" type="search" placeholder="${words.searchHint}" maxlength="100" autocomplete="off" autocapitalize="none" spellcheck="false"><button>${words.searchButton}</button></form></div></div>
<div class="wrap">${tilesOf(edition)}${
      has(edition, "compare")
        ? html`<section><h2>${words.compareTitle}</h2>${chooserOf(edition)}<ul class="cards">${ASKED_MOST.map(([a, b]) => pairCard(a, b, edition))}</ul></section>`
        : nothing
    }${
      has(edition, "guides")
        ? html`<section><h2>${words.guidesTitle}</h2><ul class="cards large">${edition.guides.map((each) => guideCard(each, edition))}</ul></section>`
        : nothing
    }</div>`,
  };
}

/** The codes of the reference, class by class: the words of the class, and its codes. */
export function byClass({
  reference,
}: Edition): readonly (readonly [said: string, codes: readonly Code[]])[] {
  const classes = Map.groupBy(
    reference.numbers.flatMap((each) => reference.code(each) ?? []),
    ({ said }) => said.class,
  );
  return [...classes];
}

/** Every code as a tile, by class: the table that the first page is. */
function tilesOf(edition: Edition): Html {
  const { labels } = edition.reference;
  return html`${byClass(edition).map(
    ([said, codes]) =>
      html`<section class="${toneOf(codes[0]?.code ?? 0)}"><h2 class="class">${said}</h2><ul class="tiles">${codes.map(
        ({ code, name, facts }) =>
          html`<li><a class="tile${facts.registered ? "" : " odd"}" href="${href(edition, codePath(code))}"><b>${code}</b><span${raw(inEnglish(edition))}>${name}</span>${facts.registered ? nothing : html`<span class="hidden"> (${labels["unregistered"]})</span>`}</a></li>`,
      )}</ul></section>`,
  )}<p class="note"><span class="key" aria-hidden="true"></span> ${labels["unregistered"]}</p>`;
}
