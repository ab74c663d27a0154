import type { Comparison } from "../../codes/index.ts";
import type { Edition } from "../edition.ts";
import { escaped, html, nothing, raw, type Html } from "../html.ts";
import { causePath, codePath, has, href, pairPath } from "../links.ts";
import { inEnglish, inline, paragraphs } from "../markdown.ts";
import type { Page } from "../page.ts";
import { toneOf } from "../tone.ts";
import { chooserOf } from "./chooser.ts";
import { ladderOf } from "./ladder.ts";

/** Two codes side by side. @returns undefined unless both are registered and not the same */
export function comparisonPage(a: number, b: number, edition: Edition): Page | undefined {
  const comparison = edition.reference.compare(a, b);
  if (comparison === undefined) return undefined;
  return {
    section: "compare",
    path: pairPath(a, b),
    hasForm: true,
    title: comparison.title,
    description: comparison.opening.join(" "),
    body: bodyOf(comparison, edition),
  };
}

function bodyOf(comparison: Comparison, edition: Edition): Html {
  const { codes, opening, headings, written, ladder, shared, fork, sending } = comparison;
  const section = (key: string, body: Html): Html =>
    html`<section><h2 id="${key}">${headings[key]}</h2>${body}</section>`;
  return html`${heroOf(comparison, edition)}<div class="wrap"><article class="wide"><p class="verdict">${opening[0]}</p>${opening.slice(1).map((each) => html`<p>${each}</p>`)}
${written === undefined ? nothing : section("written", paragraphs(written.text, edition))}${
    ladder === undefined ? nothing : section("ladder", ladderOf(ladder, headings["ladder"] ?? ""))
  }${section("differences", differencesOf(comparison, edition))}${
    shared.length === 0
      ? nothing
      : section(
          "shared",
          html`<ul class="plain">${shared.map(({ topic, text }) => html`<li>${linked(topic, text, edition)}</li>`)}</ul>`,
        )
  }${fork === undefined ? nothing : section("fork", html`<p>${fork}</p>`)}${section(
    "sending",
    html`<ul class="plain">${sending.map((each) => html`<li>${inline(each, edition)}</li>`)}</ul>`,
  )}<section class="other"><h2 id="other">${edition.words.compareOther}</h2>${chooserOf(edition, ...codes)}${nearPairs(comparison, edition)}</section></article></div>`;
}

function heroOf({ codes, names }: Comparison, edition: Edition): Html {
  const english = raw(inEnglish(edition));
  const side = (at: 0 | 1): Html =>
    html`<a class="side ${toneOf(codes[at])}" href="${href(edition, codePath(codes[at]))}"><span class="number">${codes[at]}</span> <span class="name"${english}>${names[at]}</span></a>`;
  return html`<div class="hero versus l${Math.floor(codes[0] / 100)} r${Math.floor(codes[1] / 100)}"><div class="wrap"><nav class="crumbs" aria-label="${edition.words.breadcrumb}"><a href="${href(edition, "compare")}">${edition.words.compare}</a></nav><h1>${side(0)} <span class="and">${edition.words.versus}</span> ${side(1)}</h1></div></div>`;
}

function differencesOf({ codes, names, differences }: Comparison, edition: Edition): Html {
  const english = raw(inEnglish(edition));
  const head = ([0, 1] as const).map(
    (at) =>
      html`<th scope="col" class="${toneOf(codes[at])}"><b>${codes[at]}</b> <span${english}>${names[at]}</span></th>`,
  );
  return html`<table class="stack two"><thead><tr><td></td>${head}</tr></thead><tbody>${differences.map(
    ({ topic, heading, sides }) =>
      html`<tr><th scope="row">${heading}</th>${sides.map(
        (text, at) =>
          html`<td data-label="${codes[at] ?? ""}">${linked(topic, text, edition)}</td>`,
      )}</tr>`,
  )}</tbody></table>`;
}

/** Where the rules list ids of causes or numbers of codes, these are links. */
function linked(topic: string, text: string, edition: Edition): Html {
  const { causes, reference } = edition;
  if (topic === "confused") {
    return linkedParts(text, CODE, (part) => {
      const code = reference.code(Number(part))?.code;
      return code === undefined ? undefined : href(edition, codePath(code));
    });
  }
  if (topic !== "nexthop" || !has(edition, "causes")) return inline(text, edition);
  return linkedParts(text, CAUSE, (part) =>
    causes?.texts[part] === undefined ? undefined : href(edition, causePath(part)),
  );
}

const CODE = /([1-6]\d\d)/;
const CAUSE = /([a-z]+(?:-[a-z]+)*)/;

/** Text with links for those parts that have an address. */
function linkedParts(
  text: string,
  what: RegExp,
  addressOf: (part: string) => string | undefined,
): Html {
  const parts = text.split(what).map((part, at) => {
    const found = at % 2 === 0 ? undefined : addressOf(part);
    return found === undefined ? escaped(part) : `<a href="${found}">${part}</a>`;
  });
  return raw(parts.join(""));
}

/** The other pairs of each that people mix up. */
function nearPairs({ codes }: Comparison, edition: Edition): Html {
  const { reference } = edition;
  const pairs = codes.flatMap((code, at) => {
    const facts = reference.code(code)?.facts;
    const near = facts?.registered === true ? facts.confusedWith : [];
    return near
      .filter((each) => each !== codes[1 - at])
      .slice(0, 4)
      .map((each) => [code, each] as const);
  });
  return html`<p class="numbers">${pairs.map(
    ([a, b]) =>
      html`<a href="${href(edition, pairPath(a, b))}">${Math.min(a, b)} – ${Math.max(a, b)}</a> `,
  )}</p>`;
}
