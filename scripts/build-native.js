// Runs when the package is installed: compiles native/udp-batch.c with the C compiler of the machine. Where that cannot
// be done nothing is lost but speed (docs/decisions/0021-batched-udp.md), so it never fails.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const addon = join(root, "build", "udp-batch.node");

function build() {
  if (process.platform !== "linux") return "recvmmsg is Linux's";
  const { include_dir: headers } = createRequire(import.meta.url)("node-api-headers");
  mkdirSync(dirname(addon), { recursive: true });
  // Never an addon of an older source.
  rmSync(addon, { force: true });
  const source = join(root, "native", "udp-batch.c");
  const options = [
    "-O2",
    "-Wall",
    "-Wextra",
    "-shared",
    "-fPIC",
    `-I${headers}`,
    source,
    "-o",
    addon,
  ];
  const compiler = process.env["CC"] ?? "cc";
  const { error, status, stderr } = spawnSync(compiler, options, { encoding: "utf8" });
  if (error !== undefined) return `${compiler}: ${error.message}`;
  return status === 0 ? undefined : `${compiler} ended with ${status}: ${stderr}`;
}

let whyNot;
try {
  whyNot = build();
} catch (error) {
  whyNot = error instanceof Error ? error.message : String(error);
}
if (whyNot !== undefined) {
  process.stderr.write(`nexthop: UDP will go by node:dgram, at about twice the CPU: ${whyNot}\n`);
}
