import type { Guide, GuideBlock } from "../../codes/index.ts";
import type { Edition } from "../edition.ts";
import { html, nothing, raw, type Html } from "../html.ts";
import { causePath, codePath, has, href } from "../links.ts";
import { inEnglish, inline, paragraphs, plain } from "../markdown.ts";
import type { Page } from "../page.ts";
import { toneOf } from "../tone.ts";
import { pairCard } from "./pair-card.ts";

/** The guides by symptom. */
export function guidesPage(edition: Edition): Page {
  const { words, guides } = edition;
  return {
    section: "guides",
    path: "guides",
    title: words.guidesTitle,
    description: words.guidesLead,
    body: html`<div class="hero"><div class="wrap"><h1>${words.guidesTitle}</h1><p class="lead">${words.guidesLead}</p></div></div>
<div class="wrap"><ul class="cards large">${guides.map((each) => guideCard(each, edition))}</ul></div>`,
  };
}

/** One guide as a link: the symptom, what it comes to, the codes that it shows in. */
export function guideCard({ id, title, lead, facts }: Guide, edition: Edition): Html {
  return html`<li class="card"><a href="${href(edition, `guides/${id}`)}"><strong>${title}</strong><span>${plain(lead)}</span><small>${facts.codes.map((each) => html`<b class="${toneOf(each)}">${each}</b> `)}</small></a></li>`;
}

/** One guide. @returns undefined for an id that none has */
export function guidePage(id: string, edition: Edition): Page | undefined {
  const guide = edition.guides.find((each) => each.id === id);
  if (guide === undefined) return undefined;
  const { title, lead, headings, see, causes, find, isNot } = guide;
  const { words } = edition;
  const parts: readonly (readonly [key: string, body: Html])[] = [
    ["see", blocks(see, edition)],
    ["causes", causesOf(guide, edition)],
    ["find", blocks(find, edition)],
    [
      "fix",
      html`<dl class="fixlist">${causes.map(({ name, fix }) => html`<div><dt>${name}</dt><dd>${inline(fix, edition)}</dd></div>`)}</dl>`,
    ],
    ["isNot", blocks(isNot, edition)],
  ];
  return {
    section: "guides",
    path: `guides/${id}`,
    // A symptom may well be called like a code.
    title: `${title} · ${words.guides}`,
    description: plain(lead),
    ...(guide.facts.codes[0] === undefined ? {} : { tone: toneOf(guide.facts.codes[0]) }),
    body: html`<div class="hero"><div class="wrap"><nav class="crumbs" aria-label="${words.breadcrumb}"><a href="${href(edition, "guides")}">${words.guides}</a></nav><h1>${title}</h1><p class="lead">${inline(lead, edition)}</p></div></div>
<div class="wrap columns"><article><nav class="contents" aria-label="${words.onThisPage}"><ul>${parts.map(([key]) => html`<li><a href="#${key}">${headings[key]}</a></li>`)}</ul></nav>
${parts.map(([key, body]) => html`<section><h2 id="${key}">${headings[key]}</h2>${body}</section>`)}${pairsOf(guide, edition)}</article>${asideOf(guide, edition)}</div>`,
  };
}

function causesOf({ causes }: Guide, edition: Edition): Html {
  return html`${causes.map(
    ({ name, text, evidence }) =>
      html`<h3>${name}</h3>${paragraphs(text, edition)}<p class="evidence">${inline(evidence, edition)}</p>`,
  )}`;
}

/** Paragraphs, ladders drawn in text, commands. */
function blocks(all: readonly GuideBlock[], edition: Edition): Html {
  const { words } = edition;
  return html`${all.map((block) => {
    switch (block.kind) {
      case "text":
        return html`<p>${inline(block.text, edition)}</p>`;
      case "ladder":
        return html`<pre class="drawn" tabindex="0" role="region" aria-label="${words.ladder}">${block.lines.join("\n")}</pre>`;
      case "commands":
        return html`<pre class="commands" tabindex="0" role="region" aria-label="${words.commands}" lang="en">${block.lines.join("\n")}</pre>`;
    }
  })}`;
}

function pairsOf({ facts }: Guide, edition: Edition): Html {
  if (!has(edition, "compare") || facts.compare.length === 0) return nothing;
  return html`<section><h2 id="compare">${edition.words.compare}</h2><ul class="cards">${facts.compare.map((pair) => pairCard(Number(pair.slice(0, 3)), Number(pair.slice(4)), edition))}</ul></section>`;
}

function asideOf({ facts }: Guide, edition: Edition): Html {
  const { words, reference, guides, causes } = edition;
  const english = raw(inEnglish(edition));
  const related = guides.filter(({ id }) => facts.guides.includes(id));
  return html`<aside aria-labelledby="more"><h2 id="more">${words.guideMore}</h2><dl class="facts">${rowOf(
    words.codes,
    facts.codes.map(
      (each) =>
        html`<a href="${href(edition, codePath(each))}">${each} <span${english}>${reference.code(each)?.name ?? ""}</span></a>`,
    ),
  )}${rowOf(
    words.causesTitle,
    causes !== undefined && has(edition, "causes")
      ? facts.causes.map(
          (id) =>
            html`<a href="${href(edition, causePath(id))}">${inline(causes.texts[id]?.title ?? id, edition)}</a>`,
        )
      : [],
  )}${rowOf(
    words.guides,
    related.map(({ id, title }) => html`<a href="${href(edition, `guides/${id}`)}">${title}</a>`),
  )}</dl></aside>`;
}

function rowOf(label: string, items: readonly Html[]): Html {
  if (items.length === 0) return nothing;
  return html`<div><dt>${label}</dt><dd><ul>${items.map((each) => html`<li>${each}</li>`)}</ul></dd></div>`;
}
