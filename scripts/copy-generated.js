// The end of `npm run build`: tsc leaves alone what it did not compile, and the reference's data is JavaScript already.
import { cpSync, readdirSync } from "node:fs";

for (const layer of ["codes", "web"]) {
  const from = new URL(`../src/${layer}/generated/`, import.meta.url);
  const to = new URL(`../dist/${layer}/generated/`, import.meta.url);
  for (const name of readdirSync(from)) {
    if (/\.(?:js|d\.ts)$/.test(name)) cpSync(new URL(name, from), new URL(name, to));
  }
}
