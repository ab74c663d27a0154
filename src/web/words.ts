import type { CodeLanguage } from "../codes/index.ts";
import type { WebWords } from "./generated/words.js";

export type { WebWords } from "./generated/words.js";

/** The words between the texts, in one language: labels, headings, what a button says. */
export async function loadWords(language: CodeLanguage): Promise<WebWords> {
  const { webWords } = await import("./generated/words.js");
  return webWords[language];
}

/** Puts values in the place of `{names}`; what has no value stays as it is. */
export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
