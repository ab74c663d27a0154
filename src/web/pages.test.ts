import assert from "node:assert/strict";
import { test } from "node:test";
import { codeLanguages, type Code } from "../codes/index.ts";
import { assetNames } from "./assets.ts";
import { loadEdition, type Edition } from "./edition.ts";
import { documentOf } from "./frame.ts";
import { has, rfcUrl } from "./links.ts";
import { inline } from "./markdown.ts";
import { pageAt, pathsOf } from "./page-at.ts";
import { textOf } from "./html.ts";

const place = { base: "", origin: "https://example.org", isStatic: true, assets: assetNames };
const editions = (await Promise.all(codeLanguages.map((each) => loadEdition(each, place)))).filter(
  (edition) => has(edition, "home"),
);
const english = editions[0] ?? assert.fail("English is always there");

/** Every page but most comparisons: of these each 40th. */
function sampled(edition: Edition): readonly string[] {
  let pair = 0;
  return [...pathsOf(edition)].filter((path) => !/^compare\/\d/.test(path) || pair++ % 40 === 0);
}

function rendered(path: string, edition: Edition): string {
  const found = pageAt(path, edition);
  assert.ok(found?.kind === "page", `${edition.language}/${path}`);
  return documentOf(edition, found.page);
}

for (const edition of editions) {
  const { language } = edition;
  const pages = sampled(edition).map((path) => [path, rendered(path, edition)] as const);

  test(`${language}: every page renders, in its language, with nothing left unfilled`, () => {
    for (const [path, page] of pages) {
      assert.ok(page.startsWith(`<!doctype html><html lang="${language}">`), path);
      assert.equal(page.match(/<h1[ >]/g)?.length, 1, path);
      assert.doesNotMatch(
        page.replaceAll(/<pre[^]*?<\/pre>/g, ""),
        />undefined<|\[object|NaN/,
        path,
      );
    }
  });

  test(`${language}: tags are closed in the order in which they were opened`, () => {
    for (const [path, page] of pages) assert.deepEqual(unclosed(page), [], path);
  });

  test(`${language}: every id on a page is there once, and every #link has its id`, () => {
    for (const [path, page] of pages) {
      const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      assert.deepEqual(ids, [...new Set(ids)], path);
      for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) {
        assert.ok(ids.includes(target), `${path}#${target ?? ""}`);
      }
    }
  });

  test(`${language}: title and description of a page are its own`, () => {
    const titles = pages.map(([, page]) => /<title>(.*?)<\/title>/.exec(page)?.[1]);
    assert.equal(new Set(titles).size, titles.length);
    for (const [path, page] of pages)
      assert.match(page, /name="description" content="[^"]{10,}"/, path);
  });

  test(`${language}: the facts on a page are those of the data`, () => {
    for (const number of edition.reference.numbers) {
      const code = edition.reference.code(number) ?? assert.fail(String(number));
      factsHold(code, rendered(`codes/${number}`, edition));
    }
  });

  if (language !== "en") {
    test(`${language}: reason phrases say that they are English`, () => {
      const page = rendered("codes/404", edition);
      assert.match(
        page,
        /<h1><span class="number">404<\/span> <span lang="en" class="name">Not Found</,
      );
      assert.match(rendered("codes", edition), /<span lang="en">Busy Here<\/span>/);
    });
  }
}

function factsHold({ code, facts, said, example }: Code, page: string): void {
  const aside = /<dl class="facts">[^]*?<\/dl>/.exec(page)?.[0] ?? assert.fail(`${code}: no facts`);
  const text = aside.replaceAll(/<[^>]+>/g, "");
  assert.ok(text.includes(escape(said.class)), `${code}: class`);
  if (facts.spec !== undefined) {
    const citation = `${facts.spec.rfc} §${facts.spec.section}`;
    assert.ok(aside.includes(`href="${rfcUrl(citation) ?? ""}"`), `${code}: ${citation}`);
  }
  for (const [mapping, { cause }] of Object.entries(facts.q850?.fromSip ?? {})) {
    const isUnchecked = facts.unchecked.includes(`/q850/fromSip/${mapping}`);
    assert.ok(
      text.includes(`${mapping}: ${cause}${isUnchecked ? "†" : ""}`),
      `${code}: ${mapping}`,
    );
  }
  for (const [mapping, { causes }] of Object.entries(facts.q850?.toSip ?? {})) {
    assert.ok(text.includes(`${mapping}: ${causes.join(", ")}`), `${code}: ${mapping}`);
  }
  if (!facts.registered) return;
  for (const header of [...facts.headers.required, ...facts.headers.usual]) {
    assert.ok(text.includes(header), `${code}: ${header}`);
  }
  for (const other of [...facts.related, ...facts.confusedWith]) {
    assert.ok(aside.includes(`/codes/${other}"`), `${code}: ${other}`);
  }
  for (const cause of facts.causes)
    assert.ok(page.includes(`>${cause}</code>`), `${code}: ${cause}`);
  const startLine = example?.split("\r\n")[0] ?? assert.fail(`${code}: example`);
  assert.ok(page.includes(`<b>${escape(startLine)}</b>`), `${code}: example`);
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("'", "&#39;").replaceAll('"', "&quot;");
}

const VOID = new Set(["meta", "link", "input", "rect", "path", "br"]);

/** Tags that were not closed, or closed out of order. */
function unclosed(page: string): readonly string[] {
  const open: string[] = [];
  for (const [tag, slash, name = ""] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
    if (VOID.has(name) && !(slash === "/" || tag.endsWith("/>"))) continue;
    if (tag.endsWith("/>")) continue;
    if (slash === "") open.push(name);
    else if (open.pop() !== name) return [tag, ...open];
  }
  return open;
}

test("what is not there has no page: another number, half a pair, one code twice, a path below a page", () => {
  for (const path of [
    "codes/999",
    "codes/40",
    "compare/404-404",
    "compare/404-999",
    "compare/409-404",
    "causes/nope",
    "nope",
    "codes/404/x",
  ]) {
    assert.equal(pageAt(path, english), undefined, path);
  }
  assert.deepEqual(pageAt("compare/480-404", english), { kind: "moved", path: "compare/404-480" });
});

function inMarkup(text: string): string {
  return textOf(inline(text, english));
}

test("our Markdown: what it marks is marked, what looks like a tag is text", () => {
  assert.equal(inMarkup("a <b> & `c<d`"), "a &lt;b&gt; &amp; <code>c&lt;d</code>");
  assert.equal(
    inMarkup("**so [480](code:480)**"),
    '<strong>so <a href="/en/codes/480">480</a></strong>',
  );
  assert.equal(
    inMarkup("*they* say `Contact: *` and 2 * 3"),
    "<em>they</em> say <code>Contact: *</code> and 2 * 3",
  );
  assert.equal(inMarkup("[x](nope:1)"), "x");
  assert.equal(
    inMarkup("RFC 3261 §16.6 step 5"),
    '<a class="rfc" href="https://www.rfc-editor.org/rfc/rfc3261.html#section-16.6">RFC 3261 §16.6</a> step 5',
  );
});
