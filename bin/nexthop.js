#!/usr/bin/env node
// Starts the command line. From a checkout it runs the sources as they are (Node 24 strips the types); from the
// published package it runs dist/. Under an older Node it starts the pinned Node 24 of the checkout, when there is one.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("..", import.meta.url);
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) handOver();
else await start();

async function start() {
  const source = new URL("src/cli/main.ts", root);
  const isCheckout = existsSync(source);
  if (isCheckout) {
    // Saves stripping the types at each start but the first. Not in the temporary folder: others write there.
    const { enableCompileCache } = await import("node:module");
    enableCompileCache(fileURLToPath(new URL("node_modules/.cache/nexthop", root)));
  }
  await import(isCheckout ? source.href : new URL("dist/cli/main.js", root).href);
}

function handOver() {
  const pinned = fileURLToPath(new URL("node_modules/node/bin/node", root));
  if (!existsSync(pinned)) {
    process.stderr.write(`nexthop needs Node.js 24 or newer; this is ${process.version}.\n`);
    process.exit(2);
  }
  const words = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(pinned, words, { stdio: "inherit" });
  for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"]) {
    process.on(signal, () => {
      // Ctrl-C on a terminal reaches both of us; once is enough.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on("exit", (code) => process.exit(code ?? 1));
}
