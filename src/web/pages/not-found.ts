import type { Edition } from "../edition.ts";
import { html, nothing } from "../html.ts";
import { href } from "../links.ts";
import type { Page } from "../page.ts";
import { rowOf } from "./codes.ts";

/** A path that leads nowhere: what was asked, codes near it when a number is in it, and the ways on. */
export function notFoundPage(asked: string, edition: Edition): Page {
  const { words, reference } = edition;
  const number = Number(/\d{3}/.exec(asked)?.[0] ?? 0);
  const near = number === 0 ? [] : reference.near(number);
  return {
    section: "home",
    path: "",
    title: words.notFoundTitle,
    description: words.notFoundLead,
    isUnlisted: true,
    tone: "c4",
    body: html`<div class="hero"><div class="wrap"><h1><span class="number">404</span> <span class="name">${words.notFoundTitle}</span></h1><p class="lead">${words.notFoundLead}</p></div></div>
<div class="wrap">${near.length === 0 ? nothing : html`<section><h2>${words.notFoundNear}</h2><ul class="rows">${near.map((each) => rowOf(each, edition))}</ul></section>`}<p><a href="${href(edition, "codes")}">${words.codesTitle}</a></p></div>`,
  };
}
