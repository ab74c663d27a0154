import { Hono, type Context } from "hono";
import { compress } from "hono/compress";
import { completeLanguages, findGuides, type CodeLanguage } from "../codes/index.ts";
import { apiApp } from "./api/app.ts";
import { problemResponse } from "./api/problem.ts";
import { assetNames, assetNamed } from "./assets.ts";
import { loadEdition, type Edition } from "./edition.ts";
import { documentOf } from "./frame.ts";
import { escaped } from "./html.ts";
import { languageInPath, preferredLanguage } from "./languages.ts";
import { has, href, pairPath } from "./links.ts";
import { pageAt } from "./page-at.ts";
import type { Page } from "./page.ts";
import { comparePage } from "./pages/compare.ts";
import { notFoundPage } from "./pages/not-found.ts";
import { QUERY_MAX_CHARS, searchPage } from "./pages/search.ts";
import { robotsText, sitemapIndex, sitemapOf } from "./sitemap.ts";

const HOUR_SECONDS = 3_600;
const YEAR_SECONDS = 365 * 24 * HOUR_SECONDS;
const PATH_MAX_CHARS = 200;
/** Of the guides that a search finds. */
const GUIDES_MAX = 3;

/** No script that is not ours, nothing from elsewhere, in no frame. */
const SECURITY_HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** What the pages need of whoever serves them. */
export interface WebAppOptions {
  /** A bug of ours while a page was made; the reader gets 500 and no word of it. */
  readonly fault: (where: string, error: unknown) => void;
}

/** Pages and API as one application. Languages are loaded when somebody first asks for them. */
export function createWebApp({ fault }: WebAppOptions): Hono {
  const app = new Hono({ strict: true });
  app.use(compress());
  const editions = new Map<CodeLanguage, Promise<Edition>>();
  const editionOf = (language: CodeLanguage): Promise<Edition> => {
    const known = editions.get(language);
    if (known !== undefined) return known;
    const loading = loadEdition(language, {
      base: "",
      origin: undefined,
      isStatic: false,
      assets: assetNames,
    });
    editions.set(language, loading);
    return loading;
  };
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS))
      context.res.headers.set(name, value);
  });
  app.use(async (context, next) => {
    const { method, path } = context.req;
    if (method !== "GET" && method !== "HEAD") {
      context.header("allow", "GET, HEAD");
      return problemResponse(context, {
        status: 405,
        detail: "Everything here is read only.",
        given: method,
        accepted: "GET, HEAD",
      });
    }
    if (path.length > PATH_MAX_CHARS) return context.text("This path is too long.", 414);
    await next();
    return undefined;
  });
  app.onError((error, context) => {
    fault("http", error);
    return problemResponse(context, {
      status: 500,
      detail: "This is a bug of ours; the log of the server has it.",
      given: context.req.path,
      accepted: "",
    });
  });
  app.route("/api", apiApp(editionOf));
  app.get("/", async (context) => {
    context.header("vary", "accept-language");
    const { codes } = await completeLanguages();
    const language = preferredLanguage(context.req.header("accept-language"), codes);
    return context.redirect(`/${language}/`, 302);
  });
  app.get("/assets/:name", (context) => assetResponse(context));
  app.get("/robots.txt", (context) => context.text(robotsText(originOf(context))));
  app.get("/sitemap.xml", async (context) =>
    xml(context, sitemapIndex(originOf(context), (await completeLanguages()).codes)),
  );
  app.get("/:file{sitemap-[A-Za-z-]+\\.xml}", async (context) => {
    const language = languageInPath(
      context.req.param("file").slice("sitemap-".length, -".xml".length),
    );
    if (language === undefined) return notFound(context, editionOf);
    return xml(context, sitemapOf(await editionOf(language), originOf(context)));
  });
  app.get("*", (context) => pageResponse(context, editionOf));
  return app;
}

async function pageResponse(
  context: Context,
  editionOf: (language: CodeLanguage) => Promise<Edition>,
): Promise<Response> {
  const [, segment = "", ...rest] = context.req.path.split("/");
  const language = languageInPath(segment);
  if (language === undefined) return notFound(context, editionOf);
  const edition = await editionOf(language);
  const path = rest.join("/");
  if (rest.length === 0) return context.redirect(`/${language}/`, 301);
  if (path !== "" && path.endsWith("/"))
    return context.redirect(href(edition, path.replace(/\/+$/, "")), 301);
  const origin = originOf(context);
  if (path === "search") {
    const query = (context.req.query("q") ?? "").slice(0, QUERY_MAX_CHARS);
    const guides = has(edition, "guides") ? await findGuides(query, language) : [];
    return page(context, edition, searchPage(edition, query, guides.slice(0, GUIDES_MAX)), origin);
  }
  if (path === "compare" && context.req.query("a") !== undefined && has(edition, "compare")) {
    return chosen(context, edition);
  }
  const found = pageAt(path, edition);
  if (found === undefined) return notFound(context, editionOf, language);
  if (found.kind === "moved") return context.redirect(href(edition, found.path), 301);
  return page(context, edition, found.page, origin);
}

/** The chooser's answer: the page of the pair, or what is accepted. */
function chosen(context: Context, edition: Edition): Response {
  const a = context.req.query("a") ?? "";
  const b = context.req.query("b") ?? "";
  const isPair = [a, b].every((each) => /^\d{3}$/.test(each));
  if (isPair && edition.reference.compare(Number(a), Number(b)) !== undefined) {
    return context.redirect(href(edition, pairPath(Number(a), Number(b))), 303);
  }
  const refused = { a: a.slice(0, 20), b: b.slice(0, 20) };
  return page(context, edition, comparePage(edition, refused), "", 404);
}

async function notFound(
  context: Context,
  editionOf: (language: CodeLanguage) => Promise<Edition>,
  language?: CodeLanguage,
): Promise<Response> {
  const { codes } = await completeLanguages();
  const edition = await editionOf(
    language ?? preferredLanguage(context.req.header("accept-language"), codes),
  );
  return page(context, edition, notFoundPage(context.req.path, edition), "", 404);
}

function page(
  context: Context,
  edition: Edition,
  shown: Page,
  origin: string,
  status: 200 | 404 = 200,
): Response {
  context.header(
    "cache-control",
    shown.isUnlisted === true ? "no-store" : `public, max-age=${HOUR_SECONDS}`,
  );
  return context.html(documentOf(edition, shown, origin), status);
}

function assetResponse(context: Context): Response {
  const asset = assetNamed(context.req.param("name") ?? "");
  if (asset === undefined) return context.text("There is no such file.", 404);
  context.header("cache-control", `public, max-age=${YEAR_SECONDS}, immutable`);
  return context.body(asset.text, 200, { "content-type": asset.type });
}

function xml(context: Context, text: string): Response {
  return context.body(text, 200, { "content-type": "application/xml; charset=utf-8" });
}

/** As the Host field has it, which is the peer's to write: a quotation mark in it must not end an attribute. */
function originOf(context: Context): string {
  return escaped(new URL(context.req.url).origin);
}
