import { html, raw } from "hono/html";
import { assert } from "../base/assert.ts";

export { html, raw };

/** Markup that may stand in a template without being escaped again. */
export type Html = ReturnType<typeof html>;

export const nothing: Html = raw("");

/** The characters of finished markup. No template here waits for anything, so it is never a promise. */
export function textOf(markup: Html): string {
  assert(!(markup instanceof Promise), "templates are filled with what is there");
  return markup.toString();
}

/** Text as it may stand in an element or a quoted attribute. */
export function escaped(text: string): string {
  return /[&<>"']/.test(text)
    ? text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)
    : text;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
