import type { Code } from "../../codes/index.ts";
import type { Edition } from "../edition.ts";
import { html, nothing, raw, type Html } from "../html.ts";
import { codePath, has, href, pairPath } from "../links.ts";
import { inEnglish, inline, paragraphs, plain } from "../markdown.ts";
import type { Page } from "../page.ts";
import { toneOf } from "../tone.ts";
import { fill } from "../words.ts";
import { causesOf, DOUBT, doubtsOf, factsOf } from "./code-facts.ts";
import { guideCard } from "./guides.ts";
import { wireOf } from "./wire.ts";

/** The page of one code. @returns undefined for a number that nobody uses */
export function codePage(number: number, edition: Edition): Page | undefined {
  const code = edition.reference.code(number);
  if (code === undefined) return undefined;
  return {
    section: "codes",
    path: codePath(number),
    title: `${number} ${code.name}`,
    description: plain(code.text.lead),
    tone: toneOf(number),
    body: bodyOf(code, edition),
  };
}

function bodyOf(code: Code, edition: Edition): Html {
  const { text, example } = code;
  const { words, reference } = edition;
  const parts: readonly (readonly [id: string, heading: string, body: Html])[] = [
    ["meaning", text.headings["meaning"] ?? "", paragraphs(text.meaning, edition)],
    ["occasions", text.headings["occasions"] ?? "", paragraphs(text.occasions, edition)],
    ["checks", text.headings["checks"] ?? "", checksOf(code, edition)],
    ["fixes", text.headings["fixes"] ?? "", fixesOf(code, edition)],
    ["isNot", text.headings["isNot"] ?? "", paragraphs(text.isNot ?? "", edition)],
    ["instead", text.headings["instead"] ?? "", paragraphs(text.instead ?? "", edition)],
    ["questions", text.headings["questions"] ?? "", questionsOf(code, edition)],
    ["phrases", reference.labels["phrases"] ?? "", phrasesOf(code, edition)],
    [
      "example",
      reference.labels["example"] ?? "",
      example === undefined ? nothing : wireOf(example, words.exampleLabel),
    ],
  ];
  const shown = parts.filter(([id]) => isThere(id, code));
  return html`${heroOf(code, edition)}<div class="wrap columns"><article>
<nav class="contents" aria-label="${words.onThisPage}"><ul>${shown.map(([id, heading]) => html`<li><a href="#${id}">${heading}</a></li>`)}</ul></nav>
${shown.map(([id, heading, body]) => html`<section><h2 id="${id}">${heading}</h2>${body}</section>`)}
${causesOf(code, edition)}${guidesOf(code, edition)}${comparisonsOf(code, edition)}</article>
<aside aria-labelledby="facts"><h2 id="facts">${reference.labels["facts"]}</h2>${factsOf(code, edition)}</aside></div>${neighbours(code, edition)}`;
}

function isThere(id: string, { text, example, said }: Code): boolean {
  switch (id) {
    case "fixes":
      return text.fixes !== undefined;
    case "isNot":
      return text.isNot !== undefined;
    case "instead":
      return text.instead !== undefined;
    case "questions":
      return text.questions !== undefined && text.questions.length > 0;
    case "phrases":
      return said.phrases.length > 0;
    case "example":
      return example !== undefined;
    default:
      return true;
  }
}

function heroOf(code: Code, edition: Edition): Html {
  const { said, facts, text, name } = code;
  const { words, reference } = edition;
  const chips = [said.class, said.finality, said.scope, said.repeat, said.origin].filter(
    (each) => each !== undefined,
  );
  return html`<div class="hero"><div class="wrap">
<nav class="crumbs" aria-label="${words.breadcrumb}"><a href="${href(edition, "codes")}">${words.codes}</a> <span aria-hidden="true">/</span> ${said.class}</nav>
<h1><span class="number">${code.code}</span> <span${raw(inEnglish(edition))} class="name">${name}</span></h1>
<p class="lead">${inline(text.lead, edition)}</p>
<ul class="chips">${chips.map((each) => html`<li>${each}</li>`)}${facts.registered ? nothing : html`<li class="warn">${reference.labels["unregistered"]}</li>`}${
    facts.registered && facts.deprecated === true
      ? html`<li class="warn">${reference.labels["deprecated"]}</li>`
      : nothing
  }</ul></div></div>`;
}

function checksOf({ text }: Code, edition: Edition): Html {
  const columns = text.checkColumns;
  return html`<table class="stack checks"><thead><tr>${columns.map((each) => html`<th scope="col">${each}</th>`)}</tr></thead><tbody>${text.checks.map(
    (cells) =>
      html`<tr>${cells.map((cell, at) =>
        at === 0
          ? html`<th scope="row">${inline(cell, edition)}</th>`
          : html`<td data-label="${columns[at] ?? ""}">${inline(cell, edition)}</td>`,
      )}</tr>`,
  )}</tbody></table>`;
}

function fixesOf({ text }: Code, edition: Edition): Html {
  return html`<div class="fixes">${(text.fixes ?? []).map(
    ({ reader, text: fix }) =>
      html`<div class="fix"><h3>${reader}</h3>${paragraphs(fix, edition)}</div>`,
  )}</div>`;
}

function questionsOf({ text }: Code, edition: Edition): Html {
  return html`${(text.questions ?? []).map(
    ({ question, answer }) =>
      html`<h3>${inline(question, edition)}</h3>${paragraphs(answer, edition)}`,
  )}`;
}

function phrasesOf(code: Code, edition: Edition): Html {
  const { words } = edition;
  const isUnchecked = doubtsOf(code)("/vendorPhrases");
  return html`<table class="stack"><thead><tr><th scope="col">${words.phrase}</th><th scope="col">${words.software}</th><th scope="col">${words.phraseMeans}</th></tr></thead><tbody>${code.said.phrases.map(
    ({ phrase, software, means }) =>
      html`<tr><th scope="row"><code lang="en">${phrase}</code></th><td data-label="${words.software}" lang="en">${software}</td><td data-label="${words.phraseMeans}">${means}${isUnchecked ? DOUBT : nothing}</td></tr>`,
  )}</tbody></table>${isUnchecked ? html`<p class="note">${DOUBT} ${edition.reference.labels["unchecked"]}</p>` : nothing}`;
}

/** The guides by symptom in which it shows. */
function guidesOf({ code }: Code, edition: Edition): Html {
  const telling = edition.guides.filter(({ facts }) => facts.codes.includes(code));
  if (telling.length === 0 || !has(edition, "guides")) return nothing;
  return html`<section><h2 id="guides">${edition.words.guidesTitle}</h2><ul class="cards">${telling.map((each) => guideCard(each, edition))}</ul></section>`;
}

/** The comparisons that people ask for most, then one with every other code. */
function comparisonsOf({ code, facts }: Code, edition: Edition): Html {
  if (!facts.registered || !has(edition, "compare")) return nothing;
  const { reference, words } = edition;
  const near = [...new Set([...facts.confusedWith, ...facts.related])].filter(
    (each) => reference.code(each)?.facts.registered === true,
  );
  const others = reference.numbers.filter(
    (each) => each !== code && reference.code(each)?.facts.registered === true,
  );
  return html`<section><h2 id="compare">${fill(words.compareWith, { code })}</h2><ul class="cards">${near.map(
    (each) =>
      html`<li class="card ${toneOf(each)}"><a href="${href(edition, pairPath(code, each))}"><b>${code} – ${each}</b><span${raw(inEnglish(edition))}>${reference.code(each)?.name ?? ""}</span></a></li>`,
  )}</ul><details class="all"><summary>${fill(words.compareWithAny, { code })}</summary><p class="numbers">${others.map(
    (each) => html`<a href="${href(edition, pairPath(code, each))}">${each}</a> `,
  )}</p></details></section>`;
}

function neighbours({ code }: Code, edition: Edition): Html {
  const { numbers } = edition.reference;
  const at = numbers.indexOf(code);
  const link = (number: number | undefined, rel: "prev" | "next"): Html =>
    number === undefined
      ? html`<span></span>`
      : html`<a rel="${rel}" class="${toneOf(number)}" href="${href(edition, codePath(number))}"><b>${number}</b> <span${raw(inEnglish(edition))}>${edition.reference.code(number)?.name ?? ""}</span></a>`;
  return html`<nav class="wrap neighbours" aria-label="${edition.words.neighbours}">${link(numbers[at - 1], "prev")}${link(numbers[at + 1], "next")}</nav>`;
}
