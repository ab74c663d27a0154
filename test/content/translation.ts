import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** `content/schema/terms.json`: the fixed term for a thing by language, and those that are refused. */
export type Terms = Readonly<
  Record<
    string,
    Readonly<Record<string, { readonly use: string; readonly refused?: readonly string[] }>>
  >
>;

export const content = new URL("../../content/", import.meta.url);

export function text(path: string): string {
  return readFileSync(new URL(path, content), "utf8");
}

export function json(path: string): unknown {
  return JSON.parse(text(path));
}

export const terms = json("schema/terms.json") as Terms;

/** What of a page is word for word the English one's: titles, code and quoted phrases stay English. */
export function leftOf(english: string, own: string): readonly string[] {
  const known = new Set(thoughtsOf(english));
  return thoughtsOf(own).filter((thought) => known.has(thought));
}

/** Lines and sentences of five words and more. */
function thoughtsOf(markdown: string): readonly string[] {
  return markdown
    .split("\n")
    .filter((line) => !line.startsWith("# "))
    .flatMap((line) => (line.startsWith("|") ? line.split("|") : line.split(/(?<=[.?!])\s+/)))
    .map((thought) => thought.trim())
    .filter((thought) => thought.replaceAll(/`[^`]*`|"[^"]*"/g, "").split(/\s+/).length >= 5);
}

/** Fails when a refused term is used; what is code or quoted is somebody else's word. */
export function termsHold(words: string, file: string, language: string): void {
  const visible = words.replaceAll(/`[^`\n]*`|"[^"\n]*"|«[^»\n]*»|“[^”\n]*”|„[^“\n]*“|\]\([^)\n]*\)/g, "");
  for (const [thing, byLanguage] of Object.entries(terms)) {
    for (const refused of byLanguage[language]?.refused ?? []) {
      const isLatin = /^[\p{Script=Latin}\p{Script=Cyrillic}]/u.test(refused);
      const pattern = isLatin ? `(?<!\\p{L})${refused}(?!\\p{L})` : refused;
      assert.ok(
        !new RegExp(pattern, "iu").test(visible),
        `${file}: "${refused}"; for "${thing}" the term is "${byLanguage[language]?.use}"`,
      );
    }
  }
}
