import type { Searched, SearchedGuide, SearchHit } from "../../codes/index.ts";
import type { Element, Location, Page } from "./dom.ts";

declare const document: Page;
declare const location: Location;
// Those of `src/codes`: they become one script with this.
declare function searchCodes(text: string, all: Searched): readonly SearchHit[];
declare function guidesFor(text: string, all: readonly SearchedGuide[]): readonly SearchedGuide[];

interface Index {
  readonly codes: Searched;
  readonly guides: readonly SearchedGuide[];
}

// The search page without a server: the same search as everywhere, over an index that the site was built with.

async function showSearch(results: Element): Promise<void> {
  const asked = (new URLSearchParams(location.search).get("q") ?? "").slice(0, 100);
  if (asked.trim() === "") return;
  const field = document.querySelector("#ask");
  if (field !== null) field.value = asked;
  const said = JSON.parse(results.dataset["said"] ?? "{}") as Readonly<Record<string, string>>;
  const answer = await fetch(results.dataset["index"] ?? "");
  const { codes, guides } = (await answer.json()) as Index;
  const hits = searchCodes(asked, codes);
  const isByWords = (hits[0]?.by ?? "text") === "text";
  const fitting = isByWords ? guidesFor(asked, guides).slice(0, 3) : [];
  const count = hits.length + fitting.length;
  const status = results.querySelector("[role=status]");
  const template = said[count === 0 ? "nothing" : "found"] ?? "";
  if (status !== null) {
    status.textContent = template.replace("{count}", String(count)).replace("{query}", () => asked);
  }
  const pages = results.dataset["pages"] ?? "";
  results.querySelector(".cards")?.replaceChildren(...fitting.map((each) => cardFor(each, pages)));
  results.querySelector(".rows")?.replaceChildren(...hits.map((hit) => rowFor(hit, pages, said)));
}

function cardFor({ id, title, lead }: SearchedGuide, pages: string): Element {
  const card = made("li", "", "card");
  const link = made("a", "");
  link.href = `${pages}guides/${id}`;
  link.append(made("strong", title), made("span", lead));
  card.append(link);
  return card;
}

function rowFor(hit: SearchHit, pages: string, said: Readonly<Record<string, string>>): Element {
  const row = made("li", "", `c${Math.min(Math.floor(hit.code / 100), 7) % 7}`);
  const link = made("a", "");
  link.href = `${pages}codes/${hit.code}`;
  const name = made("span", hit.name);
  name.lang = "en";
  link.append(made("b", String(hit.code)), " ", name);
  const lead = hit.lead.replaceAll(/\[([^\]]+)\]\([^)]*\)|\*\*|`/g, "$1");
  row.append(link, made("p", lead));
  if (hit.matched !== "" && hit.by !== "number" && hit.matched !== hit.name) {
    row.append(made("p", `${said[hit.by] ?? hit.by}: ${hit.matched}`, "why"));
  }
  return row;
}

function made(name: string, text: string, className = ""): Element {
  const element = document.createElement(name);
  element.textContent = text;
  if (className !== "") element.className = className;
  return element;
}

const results = document.querySelector("#results[data-index]");
if (results !== null) void showSearch(results);
