// Compiles content/ into the modules of src/codes/generated: run by `npm ci`, and by hand after a change to content/.
import { mkdirSync, writeFileSync } from "node:fs";
import { compiledCauses } from "./content/compile-causes.ts";

/** The languages that causes and explanations are written in so far. */
const CAUSE_LANGUAGES = ["en"];

const root = new URL("..", import.meta.url);
const generated = new URL("src/codes/generated/", root);
mkdirSync(generated, { recursive: true });
for (const [name, text] of compiledCauses(new URL("content/", root), CAUSE_LANGUAGES)) {
  writeFileSync(new URL(name, generated), text);
}
