import { layoutLadder } from "../../src/capture/index.ts";
import type { LadderColumn, LadderRow } from "../../src/trace/index.ts";
import { isServer } from "./addresses.ts";
import type { Agent } from "./agent.ts";
import { labelOf, type WireEntry } from "./wire.ts";

const SERVER = "nexthop";

export interface CallLadderOptions {
  /** Columns from left to right, by name; where left out, the server and then whoever appears. */
  readonly columns?: readonly string[];
  readonly width?: number;
  readonly startedAtMs?: number;
}

/** What was sent, as a ladder: what did not arrive is marked, each sending is an arrow of its own. */
export function drawCall(
  wire: readonly WireEntry[],
  agents: readonly Pick<Agent, "name" | "options">[],
  options: CallLadderOptions = {},
): string {
  const nameOf = (endpoint: string): string => {
    if (isServer(endpoint)) return SERVER;
    const address = endpoint.slice(endpoint.indexOf(":") + 1, endpoint.lastIndexOf(":"));
    const plain = address.replace("[", "").replace("]", "");
    return agents.find((agent) => agent.options.local.address === plain)?.name ?? endpoint;
  };
  const fates = fatesOf(wire);
  const rows: LadderRow[] = wire
    .filter(({ what }) => what === "sent")
    .map(({ id, atMs, from, to, message }) => ({
      atMs,
      from: nameOf(from),
      to: nameOf(to),
      label: labelOf(message) + (fates.get(id) ?? ""),
    }));
  const seen = rows.flatMap(({ from, to }) => [from, to]);
  const names = options.columns ?? [...new Set([seen[0] ?? SERVER, SERVER, ...seen])];
  const columns: LadderColumn[] = names.map((name) => ({ id: name, title: name }));
  // Wide enough for the longest reason phrases, as long as the columns are few.
  const span = columns.length > 3 ? 30 : 38;
  const { width = 26 + span * (columns.length - 1), startedAtMs } = options;
  const layout = { width, ...(startedAtMs === undefined ? {} : { startedAtMs }) };
  return `${layoutLadder({ columns, rows }, layout).join("\n")}\n`;
}

/** What is said of a sending that did not arrive. */
function fatesOf(wire: readonly WireEntry[]): ReadonlyMap<number, string> {
  const fates = new Map<number, string>();
  for (const { id, what } of wire) {
    if (what === "arrived") fates.set(id, "");
    else if (what !== "sent" && fates.get(id) !== "") {
      fates.set(id, what === "lost" ? " (lost)" : " (closed)");
    }
  }
  return fates;
}
