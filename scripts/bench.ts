// `npm run bench`: every microbenchmark, one after another, so that none disturbs the next. Arguments choose by path:
// `npm run bench -- message`. Whole calls beside a peer: `npm run bench:load`.
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const chosen = process.argv.slice(2);
const files = globSync("bench/**/*.bench.ts", { cwd: root })
  .filter((file) => chosen.length === 0 || chosen.some((part) => file.includes(part)))
  .toSorted((a, b) => a.localeCompare(b, "en"));
if (files.length === 0) {
  console.error(`No bench has ${chosen.join(" or ")} in its path.`);
  process.exit(2);
}

let failed = 0;
for (const file of files) {
  console.log(`\n=== ${file}`);
  if (spawnSync(process.execPath, [file], { cwd: root, stdio: "inherit" }).status !== 0)
    failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
