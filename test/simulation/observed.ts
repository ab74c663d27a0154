import type { SipMessage } from "../../src/message/index.ts";
import type { SipServer } from "../../src/server/index.ts";
import type { TraceRecord } from "../../src/trace/index.ts";
import type { Exchanges } from "./exchanges.ts";
import type { UnreadableEntry, WireEntry } from "./wire.ts";
import type { Found, World } from "./world.ts";

/** What a run left behind for the checkers to judge. */
export interface Observed {
  readonly wire: readonly WireEntry[];
  readonly unreadable: readonly UnreadableEntry[];
  readonly records: readonly TraceRecord[];
  /** What servers were in the middle of when they ended. */
  readonly cutShort: readonly TraceRecord[];
  /** What was pending at times during the run. */
  readonly pending: readonly PendingSample[];
  /** What the server held at the same times. */
  readonly held: readonly HeldSample[];
  /** From the first server to the last. */
  readonly lives: readonly Life[];
  readonly end: EndOfRun;
  readonly limits: Limits;
  /** Most branches that one request can have one after another. */
  readonly branchesMax: number;
}

/** The numbers that the server was given to keep to. */
export interface Limits {
  readonly timerCMs: number;
  readonly transactions: number;
  readonly questionMs: number;
}

/** One server, in times of the world. */
export interface Life {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly drainsFromMs: number;
  readonly end: "killed" | "stopped" | undefined;
  readonly clockAheadMs: number;
  /** The bindings that it found on the disk. */
  readonly found: Found;
}

export interface PendingSample {
  readonly atMs: number;
  /** As it stood then. */
  readonly record: TraceRecord;
}

export interface HeldSample {
  readonly atMs: number;
  readonly life: number;
  readonly held: HeldNow;
}

/** What the server counts itself, and the cases that its store keeps. */
export type HeldNow = ReturnType<SipServer["held"]> & { readonly cases: number };

/** What is left when every timer must have ended, by name; all of it should be nothing. */
export type EndOfRun = Readonly<Record<string, number | readonly string[]>>;

export interface Violation {
  readonly checker: string;
  /** "" where it is no single call's. */
  readonly callId: string;
  readonly atMs: number;
  readonly text: string;
}

export type Report = (atMs: number, message: Pick<SipMessage, "callId">, text: string) => void;
export type Checker = (observed: Observed, exchanges: Exchanges, report: Report) => void;

/** What is held at this moment. The case store trims behind whoever keeps, a turn of the event loop later. */
export async function sampleOf(world: World): Promise<HeldSample> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  const held = { ...world.server.held(), cases: world.cases.counters().records };
  return { atMs: world.time.nowMs, life: world.life.number, held };
}

/** What can be seen of a world when it is over; the rest is sampled on the way. */
export function observedOf(
  world: World,
): Pick<Observed, "wire" | "unreadable" | "records" | "cutShort" | "lives" | "limits"> {
  const { timerCMs, limits } = world.settings;
  return {
    wire: world.wire.entries,
    unreadable: world.wire.unreadable,
    records: world.records,
    cutShort: world.cutShort,
    lives: world.lives.map((life, number) => ({
      startedAtMs: life.startedAtMs,
      endedAtMs: life.endedAtMs,
      drainsFromMs: life.drainsFromMs,
      end: life.end,
      clockAheadMs: life.clockAheadMs,
      found: world.found[number] ?? new Map(),
    })),
    limits: { timerCMs, ...limits },
  };
}

/** Of what a server holds, that which must be nothing when everything has ended. */
export function leftInServer(server: SipServer): EndOfRun {
  const { dialogFlows: _, ...held } = server.held();
  return { ...held, pending: server.pending().length };
}
