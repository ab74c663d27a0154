import { address } from "../links.ts";
import type { Edition } from "../edition.ts";
import { escaped } from "../html.ts";
import { languageNames } from "../languages.ts";

/** The page at `/` of a site without a server: nobody there reads Accept-Language, so the reader chooses. */
export function languageChooser(editions: readonly Edition[]): string {
  const place = editions[0]?.place;
  if (place === undefined) return "";
  const { base, assets } = place;
  const alternates = editions.map(
    ({ language }) =>
      `<link rel="alternate" hreflang="${language}" href="${address(place, language, "")}">`,
  );
  const items = editions.map(
    ({ language, words }) =>
      `<li class="card"><a href="${base}/${language}/" lang="${language}" hreflang="${language}"><b>${languageNames[language]}</b><span>${escaped(words.homeTitle)}</span></a></li>`,
  );
  const root = `${place.origin ?? ""}${base}/`;
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>SIP response codes</title><meta name="description" content="The reference of SIP response codes, in ten languages.">` +
    `<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><link rel="stylesheet" href="${base}/assets/${assets.style}"><link rel="icon" href="${base}/assets/${assets.icon}" type="image/svg+xml">` +
    `<link rel="canonical" href="${root}">${alternates.join("")}<link rel="alternate" hreflang="x-default" href="${root}"></head>` +
    `<body><main><div class="hero home"><div class="wrap"><h1>SIP response codes</h1></div></div><div class="wrap"><ul class="cards chosen">${items.join("")}</ul></div></main></body></html>`
  );
}
