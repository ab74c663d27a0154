import type { GeneratorResult } from "./generator.ts";

/** One clean run against one server. */
export interface Round {
  readonly server: string;
  readonly version: string;
  readonly scenario: string;
  /** CPU of the server's process tree for one operation. */
  readonly cpuUs: number;
  readonly memory: { readonly anonymous: number; readonly all: number };
  readonly result: GeneratorResult;
}

export function medianOf(
  rounds: readonly Round[],
  server: string,
  scenario: string,
  value: (round: Round) => number,
): number {
  const sorted = rounds
    .filter((round) => round.server === server && round.scenario === scenario)
    .map((round) => value(round))
    .toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** Medians, a line for each scenario and server; `ratio` is that against the last server of the list. */
export function tableOf(
  rounds: readonly Round[],
  servers: readonly string[],
  scenarios: readonly string[],
): string {
  const lines = [
    row(
      "",
      "server",
      "CPU µs",
      "spread",
      "ratio",
      "per s",
      "p50 ms",
      "p99 ms",
      "ratio",
      "anon MB",
      "rounds",
    ),
  ];
  for (const scenario of scenarios) {
    for (const server of servers) {
      const median = (value: (round: Round) => number): number =>
        medianOf(rounds, server, scenario, value);
      const cpu = median(({ cpuUs }) => cpuUs);
      const peer = servers.at(-1) ?? server;
      const peerCpu = medianOf(rounds, peer, scenario, ({ cpuUs }) => cpuUs);
      const p99 = median(({ result }) => result.p99Ms);
      const peerP99 = medianOf(rounds, peer, scenario, ({ result }) => result.p99Ms);
      const all = rounds.filter((round) => round.server === server && round.scenario === scenario);
      const range = all.map(({ cpuUs }) => cpuUs);
      lines.push(
        row(
          scenario,
          server,
          cpu.toFixed(1),
          `${Math.min(...range).toFixed(0)}–${Math.max(...range).toFixed(0)}`,
          servers.length > 1 ? (cpu / peerCpu).toFixed(2) : "",
          median(({ result }) => result.perSecond).toFixed(0),
          median(({ result }) => result.p50Ms).toFixed(2),
          p99.toFixed(2),
          servers.length > 1 ? (p99 / peerP99).toFixed(2) : "",
          median(({ memory }) => memory.anonymous).toFixed(0),
          String(all.length),
        ),
      );
    }
  }
  return lines.join("\n");
}

function row(scenario: string, server: string, ...numbers: readonly string[]): string {
  return `${scenario.padEnd(9)} ${server.padEnd(11)}${numbers.map((each) => each.padStart(9)).join("")}`;
}
