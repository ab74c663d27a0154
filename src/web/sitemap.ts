import type { CodeLanguage } from "../codes/index.ts";
import type { Edition } from "./edition.ts";
import { href } from "./links.ts";
import { pathsOf } from "./page-at.ts";

/** What sitemaps.org allows in one file; one language has some 3,000 pages. */
export const SITEMAP_URLS_MAX = 50_000;

/** One language's pages that are for everybody. `origin` as in `https://example.org`. */
export function sitemapOf(
  edition: Edition,
  origin: string,
  wants: (path: string) => boolean = () => true,
): string {
  let urls = "";
  let count = 0;
  for (const path of pathsOf(edition)) {
    if (path === "search" || !wants(path)) continue; // a form, not a page to be found
    urls += `<url><loc>${origin}${href(edition, path)}</loc></url>\n`;
    count += 1;
    if (count === SITEMAP_URLS_MAX) break;
  }
  return `${XML}<urlset xmlns="${NAMESPACE}">\n${urls}</urlset>\n`;
}

/** The sitemap of sitemaps: one a language. `root` is where they lie. */
export function sitemapIndex(root: string, languages: readonly CodeLanguage[]): string {
  const files = languages.map(
    (each) => `<sitemap><loc>${root}/sitemap-${each}.xml</loc></sitemap>\n`,
  );
  return `${XML}<sitemapindex xmlns="${NAMESPACE}">\n${files.join("")}</sitemapindex>\n`;
}

/** Everything may be read; where the sitemap is. */
export function robotsText(root: string): string {
  return `User-agent: *\nAllow: /\n\nSitemap: ${root}/sitemap.xml\n`;
}

const XML = `<?xml version="1.0" encoding="UTF-8"?>\n`;
const NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9";
