import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";

const FIRST_LINE =
  "// Made from content/web and src/web by scripts/compile-content.ts; not in git, not to be edited.\n";

/** Files of the browser, in the order in which they come; each may use what those before it declare. */
const SCRIPTS = ["codes/search.ts", "codes/find-guides.ts", "web/browser/search-page.ts", "web/browser/chooser.ts"];
const STYLES = ["base", "frame", "parts", "pages", "narrow", "print"];

/** What the pages need beside the reference: file name in `src/web/generated`, and text. */
export function compiledWeb(root: URL): readonly (readonly [name: string, text: string])[] {
  const { planned } = readJson(new URL("content/languages.json", root)) as {
    readonly planned: readonly string[];
  };
  const words = planned.map((language) => [
    language,
    readJson(new URL(`content/web/${language}.json`, root)) as Readonly<Record<string, string>>,
  ] as const);
  const keys = Object.keys(words[0]?.[1] ?? {});
  const src = new URL("src/", root);
  const script = SCRIPTS.map((file) => scriptOf(new URL(file, src))).join("");
  const style = STYLES.map((name) =>
    minified(readFileSync(new URL(`web/styles/${name}.css`, src), "utf8")),
  ).join("");
  const declared = keys.map((key) => `  readonly ${key}: string;\n`).join("");
  const asset = "{ readonly name: string; readonly text: string }";
  return [
    [
      "words.js",
      `${FIRST_LINE}export const webWords = ${JSON.stringify(Object.fromEntries(words))};\n`,
    ],
    [
      "words.d.ts",
      `${FIRST_LINE}import type { CodeLanguage } from "../../codes/index.ts";\n\n` +
        `export interface WebWords {\n${declared}}\n` +
        `export declare const webWords: Readonly<Record<CodeLanguage, WebWords>>;\n`,
    ],
    [
      "assets.js",
      FIRST_LINE +
        assetOf("style", style, "css") +
        assetOf("script", `"use strict";(()=>{${script}})();`, "js"),
    ],
    [
      "assets.d.ts",
      `${FIRST_LINE}export declare const style: ${asset};\nexport declare const script: ${asset};\n`,
    ],
  ];
}

/** With a name that changes with the text, so that a browser may keep it for ever. */
function assetOf(name: string, text: string, extension: string): string {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
  return `export const ${name} = { name: "${name}.${hash}.${extension}", text: ${JSON.stringify(text)} };\n`;
}

/** A module as a piece of a classic script: no types, no imports, no exports, no comments, no indentation. */
function scriptOf(file: URL): string {
  return stripTypeScriptTypes(readFileSync(file, "utf8"))
    .replaceAll(/^import [^;]*;$/gm, "")
    .replaceAll(/^export (?=(?:async )?(?:function|const|class) )/gm, "")
    .replaceAll(/^\s*(?:\/\*\*?(?:[^*]|\*(?!\/))*\*\/|\/\/.*)\s*$/gm, "")
    .replaceAll(/[ \t]+$/gm, "")
    .replaceAll(/^\s+/gm, "");
}

/** Our own style sheets hold no strings with spaces or braces that matter. */
function minified(css: string): string {
  return css
    .replaceAll(/\/\*[^]*?\*\//g, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ ?([{};,>]) ?/g, "$1")
    .replaceAll(/: /g, ":")
    .replaceAll(";}", "}")
    .trim();
}

function readJson(path: URL): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}
