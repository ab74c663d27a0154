import type { Searched, SearchHit } from "../../codes/index.ts";
import type { Element, Location, Page } from "./dom.ts";

declare const document: Page;
declare const location: Location;
/** That of `src/codes/search.ts`: both become one script. */
declare function searchCodes(text: string, all: Searched): readonly SearchHit[];

// The search page without a server: the same search as everywhere, over an index that the site was built with.

async function showSearch(results: Element): Promise<void> {
  const asked = (new URLSearchParams(location.search).get("q") ?? "").slice(0, 100);
  if (asked.trim() === "") return;
  const field = document.querySelector("#ask");
  if (field !== null) field.value = asked;
  const said = JSON.parse(results.dataset["said"] ?? "{}") as Readonly<Record<string, string>>;
  const answer = await fetch(results.dataset["index"] ?? "");
  const hits = searchCodes(asked, (await answer.json()) as Searched);
  const status = results.querySelector("[role=status]");
  const template = said[hits.length === 0 ? "nothing" : "found"] ?? "";
  if (status !== null) {
    status.textContent = template
      .replace("{count}", String(hits.length))
      .replace("{query}", () => asked);
  }
  results
    .querySelector("ul")
    ?.replaceChildren(...hits.map((hit) => rowFor(hit, results.dataset["codes"] ?? "", said)));
}

function rowFor(hit: SearchHit, codes: string, said: Readonly<Record<string, string>>): Element {
  const row = made("li", "", `c${Math.min(Math.floor(hit.code / 100), 7) % 7}`);
  const link = made("a", "");
  link.href = codes + hit.code;
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
