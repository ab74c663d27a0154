// Runs at the end of `npm ci`, perhaps under an older Node: compiles content/ with the pinned Node 24.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("..", import.meta.url);
const pinned = fileURLToPath(new URL("node_modules/node/bin/node", root));
const isNewEnough = Number(process.versions.node.split(".")[0]) >= 24;
if (!isNewEnough && !existsSync(pinned)) {
  process.stderr.write(`nexthop needs Node.js 24 or newer; this is ${process.version}.\n`);
  process.exit(1);
}
const script = fileURLToPath(new URL("scripts/compile-content.ts", root));
// Stripping types from the script of the pages is "experimental" still; nobody who installs needs to read that.
const options = ["--disable-warning=ExperimentalWarning", script];
const run = spawnSync(isNewEnough ? process.execPath : pinned, options, { stdio: "inherit" });
process.exit(run.status ?? 1);
