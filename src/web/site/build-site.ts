import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { codeLanguages, completeLanguages, type CodeLanguage } from "../../codes/index.ts";
import { assetNames, assets } from "../assets.ts";
import { loadEdition, type Edition, type Place } from "../edition.ts";
import { documentOf } from "../frame.ts";
import { has } from "../links.ts";
import { pageAt, pathsOf } from "../page-at.ts";
import { notFoundPage } from "../pages/not-found.ts";
import { robotsText, sitemapIndex, sitemapOf } from "../sitemap.ts";
import { languageChooser } from "./language-chooser.ts";
import { searchIndexOf } from "./search-index.ts";

/** Pages written between two looks at the event loop, so that Ctrl-C and the progress bar get their turn. */
const PAGES_AT_ONCE = 200;
/** What sitemaps name when nobody said where the site will be. */
const NOWHERE = "http://localhost";

/** Where the site is written, and for which address. */
export interface SiteOptions {
  readonly folder: string;
  /** `https://example.org/sip`: where the site will be found. */
  readonly baseUrl?: URL;
  /** All ten unless said otherwise. */
  readonly languages?: readonly CodeLanguage[];
  /** Paths to leave out; for tests, which do not need 2,775 pairs. */
  readonly wants?: (path: string) => boolean;
  readonly progress?: (pages: number, total: number) => void;
}

/** What was written. */
export interface SiteSummary {
  readonly pages: number;
  readonly files: number;
  readonly sizeBytes: number;
}

/** The folder is there and not empty: nothing is written into somebody's files. */
export class FolderNotEmpty extends Error {
  override readonly name = "FolderNotEmpty";
}

/**
 * Writes the whole site as files: `en/codes/404/index.html` for `/en/codes/404`, which every web server answers
 * without being told how. The ten languages are in memory, and of the pages one at a time.
 *
 * @throws FolderNotEmpty; errors of the file system as they are
 */
export async function buildSite(options: SiteOptions): Promise<SiteSummary> {
  const { folder, baseUrl, languages = codeLanguages, wants = () => true } = options;
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw new FolderNotEmpty(folder);
  const place: Place = {
    base: baseUrl?.pathname.replace(/\/+$/, "") ?? "",
    origin: baseUrl?.origin,
    isStatic: true,
    assets: assetNames,
  };
  const out = new Output(folder);
  const root = `${place.origin ?? NOWHERE}${place.base}`;
  for (const asset of assets) out.file(`assets/${asset.name}`, asset.text);
  const { codes } = await completeLanguages();
  const written = languages.filter((each) => codes.includes(each));
  const editions = await Promise.all(written.map((each) => loadEdition(each, place)));
  const paths = editions.map((edition) => [...pathsOf(edition)].filter(wants));
  const total = paths.reduce((sum, each) => sum + each.length, 0);
  const tell = (): void => options.progress?.(out.pages, total);
  for (const [at, edition] of editions.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- one language after the other, by design
    await writeEdition(edition, paths[at] ?? [], out, tell);
    out.file(`sitemap-${edition.language}.xml`, sitemapOf(edition, place.origin ?? NOWHERE, wants));
  }
  const english = editions[0];
  if (english !== undefined) out.file("404.html", documentOf(english, notFoundPage("", english)));
  out.file("index.html", languageChooser(editions));
  out.file("sitemap.xml", sitemapIndex(root, written));
  out.file("robots.txt", robotsText(root));
  tell();
  return out;
}

async function writeEdition(
  edition: Edition,
  paths: readonly string[],
  out: Output,
  tell: () => void,
): Promise<void> {
  const { language } = edition;
  for (const path of paths) {
    const found = pageAt(path, edition);
    if (found?.kind !== "page") throw new Error(`${language}: no page at ${path}`);
    out.page(path === "" ? language : `${language}/${path}`, documentOf(edition, found.page));
    if (out.pages % PAGES_AT_ONCE !== 0) continue;
    tell();
    // oxlint-disable-next-line no-await-in-loop -- this is where the loop gives way
    await new Promise(setImmediate);
  }
  if (has(edition, "search")) out.file(`${language}/search/index.json`, searchIndexOf(edition));
}

/** Where files go, and how many there are. */
class Output implements SiteSummary {
  pages = 0;
  files = 0;
  sizeBytes = 0;
  readonly #folder: string;
  readonly #made = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  page(path: string, text: string): void {
    this.pages += 1;
    this.file(`${path}/index.html`, text);
  }

  file(path: string, text: string): void {
    const folder = `${this.#folder}/${path.slice(0, Math.max(path.lastIndexOf("/"), 0))}`;
    if (!this.#made.has(folder)) {
      mkdirSync(folder, { recursive: true });
      this.#made.add(folder);
    }
    const bytes = Buffer.from(text);
    writeFileSync(`${this.#folder}/${path}`, bytes);
    this.files += 1;
    this.sizeBytes += bytes.length;
  }
}
