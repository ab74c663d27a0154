import type { GeneratorResult, WorkKind } from "./generator.ts";

/** One clean run against one server. */
export interface Round {
  readonly server: string;
  readonly version: string;
  readonly kind: WorkKind;
  /** CPU of the server's process tree for one operation. */
  readonly cpuUs: number;
  readonly memory: { readonly anonymous: number; readonly all: number };
  readonly result: GeneratorResult;
}

export function medianOf(
  rounds: readonly Round[],
  server: string,
  kind: WorkKind,
  value: (round: Round) => number,
): number {
  const sorted = rounds
    .filter((round) => round.server === server && round.kind === kind)
    .map((round) => value(round))
    .toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** Medians, a line for each kind and server; `ratio` is CPU against the last server of the list. */
export function tableOf(
  rounds: readonly Round[],
  servers: readonly string[],
  kinds: readonly WorkKind[],
): string {
  const lines = [
    row("", "server", "CPU µs", "spread", "ratio", "per s", "p50 ms", "p99 ms", "anon MB"),
  ];
  for (const kind of kinds) {
    for (const server of servers) {
      const median = (value: (round: Round) => number): number =>
        medianOf(rounds, server, kind, value);
      const cpu = median(({ cpuUs }) => cpuUs);
      const peer = medianOf(rounds, servers.at(-1) ?? server, kind, ({ cpuUs }) => cpuUs);
      const all = rounds.filter((round) => round.server === server && round.kind === kind);
      const range = all.map(({ cpuUs }) => cpuUs);
      lines.push(
        row(
          kind,
          server,
          cpu.toFixed(1),
          `${Math.min(...range).toFixed(0)}–${Math.max(...range).toFixed(0)}`,
          servers.length > 1 ? (cpu / peer).toFixed(2) : "",
          median(({ result }) => result.perSecond).toFixed(0),
          median(({ result }) => result.p50Ms).toFixed(2),
          median(({ result }) => result.p99Ms).toFixed(2),
          median(({ memory }) => memory.anonymous).toFixed(0),
        ),
      );
    }
  }
  return lines.join("\n");
}

function row(kind: string, server: string, ...numbers: readonly string[]): string {
  return `${kind.padEnd(9)} ${server.padEnd(9)}${numbers.map((each) => each.padStart(9)).join("")}`;
}
