// Writes into each content/codes/<code>/facts.json the causes that can lead to the code, as src/causes has them.
// Run it after a cause was added or its status codes changed; a test compares the two.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { causes } from "../src/causes/index.ts";

const codes = new URL("../content/codes/", import.meta.url);
let changed = 0;
for (const folder of readdirSync(codes).filter((name) => /^\d{3}$/.test(name))) {
  const path = new URL(`${folder}/facts.json`, codes);
  const before = readFileSync(path, "utf8");
  const ids = Object.entries(causes)
    .filter(([, { statusCodes }]) => (statusCodes as readonly number[]).includes(Number(folder)))
    .map(([id]) => id);
  const oneLine = `[${ids.map((id) => `"${id}"`).join(", ")}]`;
  const list =
    oneLine.length < 90 ? oneLine : `[\n${ids.map((id) => `    "${id}"`).join(",\n")}\n  ]`;
  const after = before.replace(/^  "causes": \[[^\]]*\]/m, `  "causes": ${list}`);
  if (after === before) continue;
  writeFileSync(path, after);
  changed += 1;
}
console.log(changed === 0 ? "All facts name the causes as they are." : `${changed} facts changed.`);
