// Compiles content/ into the modules of src/codes/generated and src/web/generated: run by `npm ci`, and by hand after a change to content/.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { compiledCauses } from "./content/compile-causes.ts";
import { compiledCodes, type Languages } from "./content/compile-codes.ts";
import { compiledGuides } from "./content/compile-guides.ts";
import { compiledWeb } from "./content/compile-web.ts";

const root = new URL("..", import.meta.url);
const content = new URL("content/", root);
const generated = new URL("src/codes/generated/", root);
const languages = JSON.parse(readFileSync(new URL("languages.json", content), "utf8")) as Languages;
const modules = [
  ...compiledCauses(content, languages),
  ...compiledCodes(content, languages),
  ...compiledGuides(content, languages),
];
write(generated, modules);
const web = new URL("src/web/generated/", root);
write(web, compiledWeb(root));

/** What an earlier run left and nothing makes any more goes: it would be compiled and packed. */
function write(folder: URL, files: readonly (readonly [name: string, text: string])[]): void {
  mkdirSync(folder, { recursive: true });
  const names = new Set(files.map(([name]) => name));
  for (const name of readdirSync(folder)) if (!names.has(name)) rmSync(new URL(name, folder));
  for (const [name, text] of files) writeFileSync(new URL(name, folder), text);
}
