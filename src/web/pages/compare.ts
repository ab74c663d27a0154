import type { Edition } from "../edition.ts";
import { html, nothing, raw, type Html } from "../html.ts";
import type { Page } from "../page.ts";
import { chooserOf } from "./chooser.ts";
import { pairCard } from "./pair-card.ts";

/** What was asked of the chooser and has no page of its own. */
export interface Refused {
  readonly a: string;
  readonly b: string;
}

/** The chooser, and the pairs that have words of their own. */
export function comparePage(edition: Edition, refused?: Refused): Page {
  const { words, reference } = edition;
  return {
    section: "compare",
    path: "compare",
    hasForm: true,
    title: words.compareTitle,
    description: words.compareLead,
    ...(refused === undefined ? {} : { isUnlisted: true }),
    body: html`<div class="hero"><div class="wrap"><h1>${words.compareTitle}</h1><p class="lead">${words.compareLead}</p>${chooserOf(edition)}${
      refused === undefined ? nothing : refusalOf(refused, edition)
    }${edition.place.isStatic ? raw(`<noscript><p class="note">${words.compareNoScript}</p></noscript>`) : nothing}</div></div>
<div class="wrap"><section><h2>${words.writtenPairs}</h2><ul class="cards">${reference.writtenPairs.map(([a, b]) => pairCard(a, b, edition))}</ul></section></div>`,
  };
}

/** What was given, and what is accepted. */
function refusalOf({ a, b }: Refused, { words }: Edition): Html {
  return html`<p class="refusal" role="alert">${words.chooserGiven}: <q>${a}</q>, <q>${b}</q>. ${words.chooserAccepted}</p>`;
}
