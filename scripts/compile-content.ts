// Compiles content/ into the modules of src/codes/generated and src/web/generated: run by `npm ci`, and by hand after a change to content/.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { compiledCauses } from "./content/compile-causes.ts";
import { compiledCodes, type Languages } from "./content/compile-codes.ts";
import { compiledGuides } from "./content/compile-guides.ts";
import { compiledWeb } from "./content/compile-web.ts";

/** The languages that causes and explanations are written in so far. */
const CAUSE_LANGUAGES = ["en"];

const root = new URL("..", import.meta.url);
const content = new URL("content/", root);
const generated = new URL("src/codes/generated/", root);
const languages = JSON.parse(readFileSync(new URL("languages.json", content), "utf8")) as Languages;
const modules = [
  ...compiledCauses(content, CAUSE_LANGUAGES),
  ...compiledCodes(content, languages),
  ...compiledGuides(content, languages),
];
mkdirSync(generated, { recursive: true });
for (const [name, text] of modules) writeFileSync(new URL(name, generated), text);
const web = new URL("src/web/generated/", root);
mkdirSync(web, { recursive: true });
for (const [name, text] of compiledWeb(root)) writeFileSync(new URL(name, web), text);
