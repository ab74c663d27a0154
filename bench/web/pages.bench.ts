/** What one page costs, in CPU time, by kind and language; and the whole site. `node bench/web/pages.bench.ts [--site]` */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CodeLanguage } from "../../src/codes/index.ts";
import { buildSite, createWebApp } from "../../src/web/index.ts";

const ROUNDS = 7;
const PAGES_A_ROUND = 300;
const KINDS = [
  ["first page", () => "/"],
  ["code", (at: number) => `/codes/${[404, 480, 100, 503, 486, 407][at % 6]}`],
  [
    "comparison",
    (at: number) => `/compare/${[100, 180, 200][at % 3]}-${[404, 480, 486, 487, 503][at % 5]}`,
  ],
  ["guide", () => "/guides/stuck-on-100"],
  ["search", () => "/search?q=cause+17"],
] as const;

const app = createWebApp({
  fault: (_, error) => {
    throw error;
  },
});

for (const language of ["en", "zh-CN"] satisfies CodeLanguage[]) {
  for (const [kind, pathOf] of KINDS) {
    const rounds: number[] = [];
    let sizeBytes = 0;
    for (let round = 0; round <= ROUNDS; round += 1) {
      const start = process.cpuUsage();
      for (let at = 0; at < PAGES_A_ROUND; at += 1) {
        // One request after the other: CPU time of one page is what is asked.
        // oxlint-disable-next-line no-await-in-loop
        const answer = await app.request(`http://bench.test/${language}${pathOf(at)}`);
        // oxlint-disable-next-line no-await-in-loop
        sizeBytes = (await answer.arrayBuffer()).byteLength;
        if (answer.status !== 200) throw new Error(`${language}${pathOf(at)}: ${answer.status}`);
      }
      const { user, system } = process.cpuUsage(start);
      // The first round warms up.
      if (round > 0) rounds.push((user + system) / PAGES_A_ROUND);
    }
    const median = rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
    console.log(
      `${`${language} ${kind}`.padEnd(14)} ${median.toFixed(0).padStart(5)} µs of CPU (median of ${ROUNDS} × ${PAGES_A_ROUND}), ${(sizeBytes / 1e3).toFixed(1)} kB`,
    );
  }
}

if (process.argv.includes("--site")) {
  const folder = mkdtempSync(join(tmpdir(), "nexthop-bench-"));
  const start = process.cpuUsage();
  const startedAtMs = performance.now();
  const { pages, sizeBytes } = await buildSite({ folder: join(folder, "public") });
  const seconds = (performance.now() - startedAtMs) / 1e3;
  const { user, system } = process.cpuUsage(start);
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(
    `site: ${pages} pages, ${(sizeBytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s, ` +
      `${((user + system) / 1e6).toFixed(1)} s of CPU, ${peak.toFixed(0)} MiB at the most`,
  );
  rmSync(folder, { recursive: true });
}
