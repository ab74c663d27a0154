import { causes as causeTable, type CauseId } from "../../causes/index.ts";
import type { Edition } from "../edition.ts";
import { html, nothing, type Html } from "../html.ts";
import { causePath, href } from "../links.ts";
import { inline, paragraphs, plain } from "../markdown.ts";
import type { Page } from "../page.ts";
import { toneOf } from "../tone.ts";
import { rowOf } from "./codes.ts";
import { says } from "./template.ts";

/** Every cause that the server can name. @returns undefined where the causes are not in this language */
export function causesPage(edition: Edition): Page | undefined {
  const { causes, words } = edition;
  if (causes === undefined) return undefined;
  return {
    section: "causes",
    path: "causes",
    title: words.causesTitle,
    description: words.causesLead,
    body: html`<div class="hero"><div class="wrap"><h1>${words.causesTitle}</h1><p class="lead">${words.causesLead}</p></div></div>
<div class="wrap"><ul class="rows">${causeIds(edition).map(
      (id) =>
        html`<li><a href="${href(edition, causePath(id))}"><code lang="en">${id}</code></a>${codesOf(id)}<p>${inline(causes.texts[id]?.title ?? "", edition)}</p></li>`,
    )}</ul></div>`,
  };
}

/** The ids that have a page, in the order of the table of causes. */
export function causeIds({ causes }: Edition): readonly CauseId[] {
  return (Object.keys(causeTable) as CauseId[]).filter((id) => causes?.texts[id] !== undefined);
}

/** The page of one cause. */
export function causePage(id: string, edition: Edition): Page | undefined {
  const text = edition.causes?.texts[id];
  const facts = edition.causes?.facts[id];
  if (text === undefined || facts === undefined || !Object.hasOwn(causeTable, id)) return undefined;
  const { statusCodes, rfc } = causeTable[id as CauseId];
  const { words, reference } = edition;
  const related = facts.relatedCodes.filter(
    (each) => !(statusCodes as readonly number[]).includes(each),
  );
  return {
    section: "causes",
    path: causePath(id),
    title: text.title,
    description: `${id}: ${plain(text.whatHappened)}`.slice(0, 300),
    ...(statusCodes[0] === undefined ? {} : { tone: toneOf(statusCodes[0]) }),
    body: html`<div class="hero"><div class="wrap"><nav class="crumbs" aria-label="${words.breadcrumb}"><a href="${href(edition, "causes")}">${words.causes}</a></nav>
<h1>${inline(text.title, edition)}</h1><p class="id"><code lang="en">${id}</code>${codesOf(id as CauseId)}</p><blockquote>${says(text.says)}</blockquote></div></div>
<div class="wrap columns"><article>${section(words.causeHappened, paragraphs(text.whatHappened, edition))}${section(
      words.causeServerDid,
      paragraphs(text.whatTheServerDid, edition),
    )}${section(words.causeToSee, paragraphs(text.howToSeeIt, edition))}${section(
      words.causeToFix,
      html`<ul class="plain">${text.fixes.map((each) => html`<li>${says(each)}</li>`)}</ul>`,
    )}</article>
<aside aria-labelledby="facts"><h2 id="facts">${reference.labels["facts"]}</h2><dl class="facts">
<div><dt>${words.causeSends}</dt><dd>${statusCodes.length === 0 ? words.causeSendsNone : html`<ul class="rows small">${statusCodes.map((each) => rowOf(each, edition))}</ul>`}</dd></div>
<div><dt>${reference.labels["spec"]}</dt><dd>${inline(rfc, edition)}</dd></div>
${related.length === 0 ? nothing : html`<div><dt>${reference.labels["related"]}</dt><dd>${inline(related.map((each) => `[${each}](code:${each})`).join(", "), edition)}</dd></div>`}
${facts.relatedCauses.length === 0 ? nothing : html`<div><dt>${words.causesRelated}</dt><dd><ul>${facts.relatedCauses.map((each) => html`<li><a href="${href(edition, causePath(each))}"><code lang="en">${each}</code></a></li>`)}</ul></dd></div>`}
</dl></aside></div>`,
  };
}

function section(heading: string, body: Html): Html {
  return html`<section><h2>${heading}</h2>${body}</section>`;
}

function codesOf(id: CauseId): Html {
  const { statusCodes } = causeTable[id];
  return html` <span class="codes">${statusCodes.map((each) => html`<b class="${toneOf(each)}">${each}</b> `)}</span>`;
}
