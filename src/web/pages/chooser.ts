import type { Edition } from "../edition.ts";
import { escaped, html, raw, type Html } from "../html.ts";
import { href } from "../links.ts";

/**
 * Any two codes: a form whose answer is a redirect to the page of the pair. The numbers are typed; the pattern holds
 * all that there are, so that the browser refuses others by itself.
 */
export function chooserOf(edition: Edition, a?: number, b?: number): Html {
  const { words } = edition;
  const field = (name: "a" | "b", label: string, value: number | undefined): Html =>
    html`<label>${label}<input name="${name}" value="${value ?? ""}" inputmode="numeric" maxlength="3" size="5" required autocomplete="off" placeholder="${name === "a" ? "404" : "480"}" ${raw(`pattern="${registeredOf(edition).join("|")}" title="${escaped(words.chooserAccepted)}"`)}></label>`;
  return html`<form class="chooser" action="${href(edition, "compare")}" aria-label="${words.chooserLabel}">${field("a", words.chooserFirst, a)}${field("b", words.chooserSecond, b)}<button>${words.compareButton}</button></form>`;
}

/** The codes that can be compared. */
export function registeredOf({ reference }: Edition): readonly number[] {
  return reference.numbers.filter((each) => reference.code(each)?.facts.registered === true);
}
