import type { Edition } from "./edition.ts";
import { has, pairPath } from "./links.ts";
import type { Page } from "./page.ts";
import { causeIds, causePage, causesPage } from "./pages/causes.ts";
import { registeredOf } from "./pages/chooser.ts";
import { codePage } from "./pages/code.ts";
import { codesPage } from "./pages/codes.ts";
import { comparePage } from "./pages/compare.ts";
import { comparisonPage } from "./pages/comparison.ts";
import { glossaryPage } from "./pages/glossary.ts";
import { guidePage, guidesPage } from "./pages/guides.ts";
import { homePage } from "./pages/home.ts";
import { searchPage } from "./pages/search.ts";
import { whoSentItPage } from "./pages/who-sent-it.ts";

/** What a path leads to. */
export type Found =
  | { readonly kind: "page"; readonly page: Page }
  /** The page has another path; both without language. */
  | { readonly kind: "moved"; readonly path: string };

/** The page at a path, without language: `codes/404`. @returns undefined where there is none in this language */
export function pageAt(path: string, edition: Edition): Found | undefined {
  const [section = "", name, ...more] = path.split("/");
  if (more.length > 0 || !has(edition, "home")) return undefined;
  if (section === "compare" && name !== undefined) return comparisonAt(name, edition);
  const page = name === undefined ? indexPage(section, edition) : pageNamed(section, name, edition);
  return page === undefined ? undefined : { kind: "page", page };
}

function pageNamed(section: string, name: string, edition: Edition): Page | undefined {
  switch (section) {
    case "codes":
      return /^\d{3}$/.test(name) ? codePage(Number(name), edition) : undefined;
    case "causes":
      return has(edition, "causes") ? causePage(name, edition) : undefined;
    case "guides":
      return has(edition, "guides") ? guidePage(name, edition) : undefined;
    default:
      return undefined;
  }
}

function indexPage(section: string, edition: Edition): Page | undefined {
  switch (section) {
    case "":
      return homePage(edition);
    case "codes":
      return codesPage(edition);
    case "compare":
      return has(edition, "compare") ? comparePage(edition) : undefined;
    case "causes":
      return has(edition, "causes") ? causesPage(edition) : undefined;
    case "guides":
      return has(edition, "guides") ? guidesPage(edition) : undefined;
    case "glossary":
      return has(edition, "glossary") ? glossaryPage(edition) : undefined;
    case "who-sent-it":
      return has(edition, "who-sent-it") ? whoSentItPage(edition) : undefined;
    case "search":
      return searchPage(edition);
    default:
      return undefined;
  }
}

function comparisonAt(name: string, edition: Edition): Found | undefined {
  if (!has(edition, "compare")) return undefined;
  const [, a, b] = /^(\d{3})-(\d{3})$/.exec(name) ?? [];
  if (a === undefined || b === undefined) return undefined;
  const page = comparisonPage(Number(a), Number(b), edition);
  if (page === undefined) return undefined;
  return Number(a) < Number(b) ? { kind: "page", page } : { kind: "moved", path: page.path };
}

/** Every path of this language, first page first. Comparisons come last: there are most of them. */
export function* pathsOf(edition: Edition): Generator<string> {
  if (!has(edition, "home")) return;
  yield "";
  yield "codes";
  yield "search";
  for (const code of edition.reference.numbers) yield `codes/${code}`;
  if (has(edition, "causes")) {
    yield "causes";
    for (const id of causeIds(edition)) yield `causes/${id}`;
  }
  if (has(edition, "guides")) {
    yield "guides";
    for (const { id } of edition.guides) yield `guides/${id}`;
  }
  if (has(edition, "glossary")) yield "glossary";
  if (has(edition, "who-sent-it")) yield "who-sent-it";
  if (!has(edition, "compare")) return;
  yield "compare";
  const registered = registeredOf(edition);
  for (const [at, a] of registered.entries()) {
    for (const b of registered.slice(at + 1)) yield pairPath(a, b);
  }
}
