import assert from "node:assert/strict";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { assetNames } from "../assets.ts";
import { loadEdition } from "../edition.ts";
import { pathsOf } from "../page-at.ts";
import { buildSite, FolderNotEmpty } from "./build-site.ts";

const root = mkdtempSync(join(tmpdir(), "nexthop-site-"));
after(() => rmSync(root, { recursive: true }));
const folder = join(root, "public");
const BASE = "https://example.org/sip";

/** All but most comparisons: those of 404 stay. */
const wants = (path: string): boolean => !/^compare\/\d/.test(path) || path.includes("404");
const seen: number[] = [];
const summary = await buildSite({
  folder,
  baseUrl: new URL(BASE),
  wants,
  progress: (pages, total) => seen.push(pages / total),
});
const files = globSync("**/*", { cwd: folder, withFileTypes: false }).filter((path) =>
  /\.\w+$/.test(path),
);
const pages = files.filter((path) => path.endsWith("index.html") && path !== "index.html");

test("a page lies as a folder with an index, which any web server shows at the address without it", () => {
  assert.ok(existsSync(join(folder, "en/codes/404/index.html")));
  assert.ok(existsSync(join(folder, "en/compare/404-480/index.html")));
  assert.equal(pages.length, summary.pages);
  assert.equal(files.length, summary.files);
  for (const path of [
    "index.html",
    "404.html",
    "robots.txt",
    "sitemap.xml",
    "en/search/index.json",
  ]) {
    assert.ok(files.includes(path), path);
  }
});

test("progress goes up to all of it", () => {
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  );
  assert.equal(seen.at(-1), 1);
});

test("every link inside leads to a page or a file, and to a place on it that is there", async () => {
  const place = { base: "", origin: undefined, isStatic: true, assets: assetNames };
  const every = new Set(pathsOf(await loadEdition("en", place)));
  const ids = new Map<string, ReadonlySet<string>>();
  const idsOf = (path: string): ReadonlySet<string> => {
    const known = ids.get(path);
    if (known !== undefined) return known;
    const found = new Set([...text(path).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id ?? ""));
    ids.set(path, found);
    return found;
  };
  for (const page of [...pages, "404.html", "index.html"]) {
    for (const [, link = ""] of text(page).matchAll(/(?:href|src|action|data-index)="([^"]+)"/g)) {
      if (!link.startsWith("/")) continue;
      const [path = "", id] = link.replace(/^\/sip\//, "").split("#");
      assert.ok(link.startsWith("/sip/"), `${page}: ${link}`);
      if (!wants(path.split("/").slice(1).join("/"))) {
        assert.ok(every.has(path.split("/").slice(1).join("/")), `${page}: ${link}`);
        continue;
      }
      const file = files.includes(path) ? path : join(path, "index.html");
      assert.ok(files.includes(file), `${page}: ${link}`);
      if (id !== undefined) assert.ok(idsOf(file).has(id), `${page}: ${link}`);
    }
  }
});

test("hreflang is mutual: who is named names back, and x-default is among them", () => {
  const named = new Map<string, readonly string[]>();
  for (const page of pages) {
    const found = [...text(page).matchAll(/hreflang="([^"]+)" href="([^"]+)"/g)];
    const canonical = /rel="canonical" href="([^"]+)"/.exec(text(page))?.[1];
    if (canonical === undefined) {
      assert.match(text(page), /name="robots" content="noindex"/, page);
      continue;
    }
    const alternates = found
      .filter(([, language]) => language !== "x-default")
      .map(([, , url = ""]) => url);
    assert.ok(alternates.includes(canonical), page);
    assert.equal(found.filter(([, language]) => language === "x-default").length, 1, page);
    named.set(canonical, alternates);
  }
  for (const [url, alternates] of named) {
    for (const other of alternates)
      assert.deepEqual(named.get(other), alternates, `${url} names ${other}`);
  }
});

test("the sitemaps name each page that is for everybody, once, by its canonical address", () => {
  const maps = [...text("sitemap.xml").matchAll(/<loc>(.*?)<\/loc>/g)].map(([, url = ""]) => url);
  const listed = maps.flatMap((url) =>
    [...text(url.slice(BASE.length + 1)).matchAll(/<loc>(.*?)<\/loc>/g)].map(([, loc = ""]) => loc),
  );
  const canonical = pages.flatMap(
    (page) => /rel="canonical" href="([^"]+)"/.exec(text(page))?.[1] ?? [],
  );
  assert.deepEqual(listed.toSorted(), canonical.toSorted());
  assert.equal(new Set(listed).size, listed.length);
  assert.match(text("robots.txt"), /^Sitemap: https:\/\/example\.org\/sip\/sitemap\.xml$/m);
});

test("first paint: a page, its style and its script are under 50 KB as they lie there", () => {
  const style = text(`assets/${assetNames.style}`).length;
  const script = text(`assets/${assetNames.script}`).length;
  for (const page of pages) {
    const html = text(page);
    const sizeBytes = Buffer.byteLength(html) + style + (html.includes("<script") ? script : 0);
    // The one page that grows with the language: web servers send it compressed, and so do we.
    if (page.endsWith("glossary/index.html"))
      assert.ok(gzipSync(html).length + style < 50_000, page);
    else assert.ok(sizeBytes < 50_000, `${page}: ${sizeBytes} bytes`);
  }
});

test("a folder with something in it is refused before anything is written", async () => {
  const full = mkdtempSync(join(root, "full-"));
  writeFileSync(join(full, "mine.txt"), "");
  await assert.rejects(buildSite({ folder: full }), FolderNotEmpty);
  assert.deepEqual(globSync("*", { cwd: full }), ["mine.txt"]);
});

const texts = new Map<string, string>();
function text(path: string): string {
  let found = texts.get(path);
  if (found === undefined) texts.set(path, (found = readFileSync(join(folder, path), "utf8")));
  return found;
}
