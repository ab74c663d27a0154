import type { Code } from "../../codes/index.ts";
import type { Edition } from "../edition.ts";
import { html, nothing, raw, type Html } from "../html.ts";
import { causePath, codePath, has, href, rfcUrl } from "../links.ts";
import { inEnglish, inline } from "../markdown.ts";
import { fill } from "../words.ts";

/** The facts as a list of terms and descriptions; what nobody checked carries a mark, and the mark its words. */
export function factsOf(code: Code, edition: Edition): Html {
  const { facts, said } = code;
  const { labels } = edition.reference;
  const doubts = doubtsOf(code);
  const mark = (pointer: string): Html => (doubts(pointer) ? DOUBT : nothing);
  const rows: (readonly [label: string, value: Html | undefined])[] = [
    ["class", html`${said.class}`],
    ["finality", html`${said.finality}`],
    ["spec", specOf(code, edition, mark("/spec"))],
    ["origin", said.origin === undefined ? undefined : html`${said.origin}${mark("/origin")}`],
    ["says", listed(said.senders?.map((each, at) => html`${each}${mark(`/senders/${at}`)}`))],
    ["travels", words(said.scope)],
    ["answers", words(said.methods && edition.reference.list(said.methods))],
    [
      "carries",
      said.headers === undefined ? undefined : html`<span translate="no">${said.headers}</span>`,
    ],
    ["tag", words(said.tag)],
    ["fork", words(said.fork)],
    ["dialog", words(said.dialog)],
    ["repeat", words(said.repeat)],
    ["local", words(said.madeLocally)],
    [
      "q850from",
      mappings(facts.q850?.fromSip, ({ cause }) => String(cause), {
        noteOf: (each) => notesOf(each, code, edition),
        markOf: (name) => mark(`/q850/fromSip/${name}`),
      }),
    ],
    [
      "q850to",
      mappings(facts.q850?.toSip, ({ causes }) => causes.join(", "), {
        noteOf: (each) => notesOf(each, code, edition),
        markOf: (name) => mark(`/q850/toSip/${name}`),
      }),
    ],
    ["http", words(said.http)],
  ];
  if (facts.registered) {
    const { grpc, formerNames = [], related, confusedWith } = facts;
    rows.push(
      ["grpc", grpc === undefined ? undefined : html`<code>${grpc}</code>`],
      [
        "formerNames",
        formerNames.length === 0
          ? undefined
          : listed(
              formerNames.map(
                (each) =>
                  html`<span${raw(inEnglish(edition))}>${each.name}</span> (${inline(each.in, edition)})`,
              ),
            ),
      ],
      ["related", codeLinks(related, edition)],
      ["confused", codeLinks(confusedWith, edition)],
    );
  } else rows.push(["useInstead", codeLinks(facts.useInstead, edition)]);
  const unread = facts.registered ? (facts.unreadSources ?? []) : [];
  const unchecked = labels["unchecked"] ?? "";
  if (unread.length > 0) rows.push(["unchecked", html`${unread.join(", ")}`]);
  return html`<dl class="facts">${rows.map(([label, value]) =>
    value === undefined
      ? nothing
      : html`<div><dt>${labels[label] ?? label}</dt><dd>${value}</dd></div>`,
  )}</dl>${facts.unchecked.length > 0 ? html`<p class="note">${DOUBT} ${unchecked}</p>` : nothing}`;
}

/** Stands behind what rests on a source that was not read. */
export const DOUBT = raw(`<sup class="doubt">†</sup>`);

/** Whether what a JSON pointer names, or what it lies in, is among the unchecked facts. */
export function doubtsOf({ facts }: Code): (pointer: string) => boolean {
  return (pointer) =>
    facts.unchecked.some((each) => pointer === each || pointer.startsWith(`${each}/`));
}

function words(text: string | undefined): Html | undefined {
  return text === undefined || text === "" ? undefined : html`${text}`;
}

function listed(items: readonly Html[] | undefined): Html | undefined {
  if (items === undefined || items.length === 0) return undefined;
  if (items.length === 1) return items[0];
  return html`<ul>${items.map((each) => html`<li>${each}</li>`)}</ul>`;
}

function specOf({ facts }: Code, edition: Edition, doubt: Html): Html | undefined {
  if (facts.spec === undefined) return undefined;
  const also = facts.registered ? (facts.seeAlso ?? []) : [];
  const citation = `${facts.spec.rfc} §${facts.spec.section}`;
  const url = rfcUrl(citation);
  const first =
    url === undefined ? html`${citation}${doubt}` : html`<a href="${url}">${citation}</a>${doubt}`;
  return listed([first, ...also.map((each) => inline(each, edition))]);
}

/** Mapping by mapping: what it maps to, and under which condition. */
function mappings<T>(
  table: Readonly<Record<string, T>> | undefined,
  valueOf: (mapping: T) => string,
  more: { readonly noteOf: (mapping: T) => string; readonly markOf: (name: string) => Html },
): Html | undefined {
  return listed(
    Object.entries(table ?? {}).map(([name, mapping]) => {
      const note = more.noteOf(mapping);
      return html`<span lang="en">${name}</span>: <b>${valueOf(mapping)}</b>${more.markOf(name)}${note === "" ? nothing : html` <small>(${note})</small>`}`;
    }),
  );
}

function notesOf(
  mapping: {
    readonly byDefault?: true;
    readonly onlyIf?: string;
    readonly unless?: string;
    readonly everyOther?: true;
  },
  { said }: Code,
  { words: labels }: Edition,
): string {
  const { byDefault, onlyIf, unless, everyOther } = mapping;
  const condition = (token: string): string => said.q850Conditions[token] ?? "";
  return [
    byDefault === true ? labels.q850Default : "",
    everyOther === true ? labels.q850Other : "",
    onlyIf === undefined ? "" : condition(onlyIf),
    unless === undefined ? "" : fill(labels.q850Unless, { condition: condition(unless) }),
  ]
    .filter(Boolean)
    .join("; ");
}

function codeLinks(codes: readonly number[], edition: Edition): Html | undefined {
  if (codes.length === 0) return undefined;
  return listed(
    codes.map((each) => {
      const name = edition.reference.code(each)?.name ?? "";
      return html`<a href="${href(edition, codePath(each))}">${each} <span${raw(inEnglish(edition))}>${name}</span></a>`;
    }),
  );
}

/** The causes by which the server itself answers with this code. */
export function causesOf({ facts }: Code, edition: Edition): Html {
  const { causes, words: labels } = edition;
  if (!facts.registered || facts.causes.length === 0) return nothing;
  return html`<section><h2 id="causes">${labels.causesOfCode}</h2><p>${labels.causesOfCodeNote}</p><ul class="cards">${facts.causes.map(
    (id) =>
      causes === undefined || !has(edition, "causes")
        ? html`<li class="card"><code>${id}</code></li>`
        : html`<li class="card"><a href="${href(edition, causePath(id))}"><code lang="en">${id}</code><span>${inline(causes.texts[id]?.title ?? "", edition)}</span></a></li>`,
  )}</ul></section>`;
}
