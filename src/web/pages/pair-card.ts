import type { Edition } from "../edition.ts";
import { html, raw, type Html } from "../html.ts";
import { href, pairPath } from "../links.ts";
import { inEnglish } from "../markdown.ts";
import { toneOf } from "../tone.ts";

/** One pair as a link: both numbers, both names. */
export function pairCard(a: number, b: number, edition: Edition): Html {
  const name = (code: number): string => edition.reference.code(code)?.name ?? "";
  return html`<li class="card pair"><a href="${href(edition, pairPath(a, b))}"><b><i class="${toneOf(a)}">${a}</i> – <i class="${toneOf(b)}">${b}</i></b><span${raw(inEnglish(edition))}>${name(a)} – ${name(b)}</span></a></li>`;
}
