// `npm run check`: everything that reads the sources without running them, side by side. A check takes part when the
// thing that it checks exists.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface Check {
  readonly name: string;
  readonly command: readonly string[];
}

interface Outcome {
  readonly check: Check;
  readonly passed: boolean;
  readonly output: string;
  readonly seconds: string;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const checks: Check[] = [
  { name: "tsc", command: tool("tsc", "-p", ".") },
  { name: "oxlint", command: tool("oxlint", "--deny-warnings") },
  { name: "oxfmt", command: tool("oxfmt", "--check") },
  { name: "knip", command: tool("knip", "--no-progress") },
];
if (existsSync(`${root}/scripts/check-content.ts`)) {
  checks.push({ name: "content", command: [process.execPath, "scripts/check-content.ts"] });
}

const outcomes = await Promise.all(checks.map((check) => run(check)));
for (const { check, passed, output, seconds } of outcomes) {
  console.log(`${passed ? "ok" : "not ok"}: ${check.name}, ${seconds} s`);
  if (!passed) console.log(output.trimEnd().replace(/^/gm, "    "));
}
process.exit(outcomes.every(({ passed }) => passed) ? 0 : 1);

function tool(name: string, ...options: string[]): readonly string[] {
  return [`node_modules/.bin/${name}`, ...options];
}

function run(check: Check): Promise<Outcome> {
  const startedAtMs = performance.now();
  const [program = "", ...options] = check.command;
  return new Promise((resolve) => {
    const child = spawn(program, options, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (bytes) => (output += String(bytes)));
    child.stderr.on("data", (bytes) => (output += String(bytes)));
    const end = (passed: boolean): void => {
      const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
      resolve({ check, passed, output, seconds });
    };
    child.on("error", (error) => {
      output += error.message;
      end(false);
    });
    child.on("close", (status) => end(status === 0));
  });
}
