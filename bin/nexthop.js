#!/usr/bin/env node
// Starts the command line. From a checkout it runs the sources as they are (Node 24 strips the types); from the
// published package it runs dist/. Under an older Node it starts the pinned Node 24 of the checkout, when there is one.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("..", import.meta.url);
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  const pinned = fileURLToPath(new URL("node_modules/node/bin/node", root));
  if (!existsSync(pinned)) {
    process.stderr.write(`nexthop needs Node.js 24 or newer; this is ${process.version}.\n`);
    process.exit(2);
  }
  const run = spawnSync(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  process.exit(run.status ?? 1);
}
const source = new URL("src/cli/main.ts", root);
await import(existsSync(source) ? source.href : new URL("dist/cli/main.js", root).href);
