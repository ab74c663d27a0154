// Runs when the package is installed: compiles native/*.c with the C compiler of the machine. Where that cannot be done
// nothing is lost but speed (docs/decisions/0021-batched-udp.md), so it never fails.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const compiler = process.env["CC"] ?? "cc";

/** @returns why it could not be built */
function build(name) {
  const source = join(root, "native", `${name}.c`);
  const addon = join(root, "build", `${name}.node`);
  // Never an addon of an older source.
  rmSync(addon, { force: true });
  if (process.platform !== "linux") return "it uses calls of Linux";
  const { include_dir: headers } = createRequire(import.meta.url)("node-api-headers");
  mkdirSync(join(root, "build"), { recursive: true });
  const flags = ["-O2", "-Wall", "-Wextra", "-shared", "-fPIC", `-I${headers}`];
  const run = spawnSync(compiler, [...flags, source, "-o", addon], { encoding: "utf8" });
  if (run.error !== undefined) return `${compiler}: ${run.error.message}`;
  return run.status === 0 ? undefined : `${compiler} ended with ${run.status}: ${run.stderr}`;
}

const without = {
  "udp-batch": "UDP will go by node:dgram, at about twice the CPU",
  "mapped-file": "a REGISTER will cost a system call more",
};
for (const [name, consequence] of Object.entries(without)) {
  let whyNot;
  try {
    whyNot = build(name);
  } catch (error) {
    whyNot = error instanceof Error ? error.message : String(error);
  }
  if (whyNot !== undefined) process.stderr.write(`nexthop: ${consequence}: ${whyNot}\n`);
}
