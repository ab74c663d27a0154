import type { CodeLanguage } from "../codes/index.ts";
import type { Edition, Place } from "./edition.ts";
import { escaped, html, nothing, raw, textOf, type Html } from "./html.ts";
import { languageNames } from "./languages.ts";
import { address, has, href, languagesOf, type Section } from "./links.ts";
import type { Page } from "./page.ts";

/** What is the same on every page of a language: made once, since it is half of the markup. */
interface Shared {
  readonly head: string;
  readonly header: Readonly<Record<Section, string>>;
  readonly footer: string;
}

const shared = new WeakMap<Edition, Shared>();

/** The whole document: head, header, the page, footer. `origin` where the place has none of its own. */
export function documentOf(
  edition: Edition,
  page: Page,
  origin = edition.place.origin ?? "",
): string {
  let same = shared.get(edition);
  if (same === undefined) shared.set(edition, (same = sharedOf(edition)));
  const { language } = edition;
  const languages = languagesOf(edition, page.section);
  const title = page.path === "" ? page.title : `${page.title} · ${edition.words.siteName}`;
  return (
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${escaped(title)}</title>` +
    `<meta name="description" content="${escaped(page.description)}">${same.head}${scriptOf(edition, page)}` +
    (page.isUnlisted === true
      ? `<meta name="robots" content="noindex">`
      : alternates({ ...edition.place, origin }, page.path, languages, language)) +
    `</head><body${page.tone === undefined ? "" : ` class="${page.tone}"`}>` +
    same.header[page.section] +
    switcher(edition, page.path, languages) +
    `</div></header><main id="main">${textOf(page.body)}</main>${same.footer}</body></html>`
  );
}

/** Where a server answers, no page needs a script. */
function scriptOf({ place }: Edition, { hasForm }: Page): string {
  if (!place.isStatic || hasForm !== true) return "";
  return `<script src="${place.base}/assets/${place.assets.script}" defer></script>`;
}

/** The page in each language it exists in, this one too: each names all others (hreflang must be mutual). */
function alternates(
  place: Place & { readonly origin: string },
  path: string,
  languages: readonly CodeLanguage[],
  own: CodeLanguage,
): string {
  let links = `<link rel="canonical" href="${address(place, own, path)}">`;
  for (const each of languages) {
    links += `<link rel="alternate" hreflang="${each}" href="${address(place, each, path)}">`;
  }
  const otherwise = path === "" ? `${place.origin}${place.base}/` : address(place, "en", path);
  return `${links}<link rel="alternate" hreflang="x-default" href="${otherwise}">`;
}

function switcher(edition: Edition, path: string, languages: readonly CodeLanguage[]): string {
  const { language, words, place } = edition;
  let items = "";
  for (const each of languages) {
    const current = each === language ? ' aria-current="page"' : "";
    items +=
      `<li><a href="${place.base}/${each}/${path}" lang="${each}" hreflang="${each}"${current}>` +
      `${languageNames[each]}</a></li>`;
  }
  return (
    `<details class="languages"><summary><span class="hidden">${escaped(words.language)}: </span>` +
    `${languageNames[language]}</summary><ul>${items}</ul></details>`
  );
}

function sharedOf(edition: Edition): Shared {
  const { place, words } = edition;
  const { style, icon } = place.assets;
  const head =
    `<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">` +
    `<link rel="stylesheet" href="${place.base}/assets/${style}"><link rel="icon" href="${place.base}/assets/${icon}" type="image/svg+xml">`;
  const header = Object.fromEntries(
    navigation.map(([section]) => [section, textOf(headerOf(edition, section))]),
  ) as Record<Section, string>;
  header.home = header.search = textOf(headerOf(edition, "home"));
  header.causes = textOf(headerOf(edition, "causes"));
  const footer = textOf(
    html`<footer><div class="wrap"><p>${words.footer}</p><nav aria-label="${words.more}"><ul>
<li><a href="${href(edition, "")}">${words.home}</a></li>${
      has(edition, "causes")
        ? html`<li><a href="${href(edition, "causes")}">${words.causes}</a></li>`
        : nothing
    }<li><a href="https://www.iana.org/assignments/sip-parameters/sip-parameters.xhtml#sip-parameters-7" lang="en">IANA</a></li>
</ul></nav></div></footer>`,
  );
  return { head, header, footer };
}

const navigation = [
  ["codes", "codes"],
  ["compare", "compare"],
  ["guides", "guides"],
  ["glossary", "glossary"],
  ["who-sent-it", "whoSentIt"],
] as const;

/** Up to the language switcher, which each page has its own of. */
function headerOf(edition: Edition, current: Section): Html {
  const { words } = edition;
  const links = navigation
    .filter(([section]) => has(edition, section))
    .map(
      ([section, word]) =>
        html`<li><a href="${href(edition, section)}"${section === current ? raw(' aria-current="true"') : nothing}>${words[word]}</a></li>`,
    );
  return html`<a class="skip" href="#main">${words.skip}</a><header class="top"><div class="wrap">
<a class="brand" href="${href(edition, "")}">${BRAND}<span>${words.siteName}</span></a>
<nav aria-label="${words.navigation}"><ul>${links}</ul></nav>
<form class="find" role="search" action="${href(edition, "search")}"><label class="hidden" for="q">${words.search}</label><input id="q" name="q" type="search" placeholder="${words.searchHint}" maxlength="100" autocomplete="off" autocapitalize="none" spellcheck="false"><button>${words.searchButton}</button></form>`;
}

/** Two hops and what comes back. */
const BRAND = raw(
  `<svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><rect width="32" height="32" rx="7"/><path d="M7 12h15m-4-4 4 4-4 4M25 21H10m4-4-4 4 4 4"/></svg>`,
);
