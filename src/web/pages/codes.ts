import type { Edition } from "../edition.ts";
import { html, nothing, raw, type Html } from "../html.ts";
import { codePath, href } from "../links.ts";
import { inEnglish, inline } from "../markdown.ts";
import type { Page } from "../page.ts";
import { toneOf } from "../tone.ts";
import { byClass } from "./home.ts";

/** All codes by class, each with the sentence that says what it is. */
export function codesPage(edition: Edition): Page {
  const { words } = edition;
  const classes = byClass(edition);
  const jump = classes.map(
    ([said, codes]) =>
      html`<li class="${toneOf(codes[0]?.code ?? 0)}"><a href="#${toneOf(codes[0]?.code ?? 0)}">${said}</a></li>`,
  );
  return {
    section: "codes",
    path: "codes",
    title: words.codesTitle,
    description: words.codesLead,
    body: html`<div class="hero"><div class="wrap"><h1>${words.codesTitle}</h1><p class="lead">${words.codesLead}</p><nav class="contents" aria-label="${words.onThisPage}"><ul>${jump}</ul></nav></div></div>
<div class="wrap">${classes.map(([said, codes]) => {
      const tone = toneOf(codes[0]?.code ?? 0);
      return html`<section class="${tone}"><h2 class="class" id="${tone}">${said}</h2><ul class="rows">${codes.map((each) => rowOf(each.code, edition))}</ul></section>`;
    })}</div>`,
  };
}

/** One code as a row: number, name, what it says. */
export function rowOf(number: number, edition: Edition, more: Html = nothing): Html {
  const code = edition.reference.code(number);
  if (code === undefined) return nothing;
  const mark = code.facts.registered
    ? nothing
    : html` <em>${edition.reference.labels["unregistered"]}</em>`;
  return html`<li class="${toneOf(number)}"><a href="${href(edition, codePath(number))}"><b>${number}</b> <span${raw(inEnglish(edition))}>${code.name}</span></a>${mark}<p>${inline(code.text.lead, edition)}</p>${more}</li>`;
}
