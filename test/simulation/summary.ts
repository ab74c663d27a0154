import type { TraceEventKind } from "../../src/trace/index.ts";
import { viasOf, type Exchanges } from "./exchanges.ts";
import type { Observed } from "./observed.ts";
import type { Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

export type Summary = Readonly<Record<string, number>>;

/** How often each thing happened that runs are made for: what is never seen to happen is not tested. */
export function summaryOf(
  scenario: Scenario,
  world: World,
  observed: Observed,
  exchanges: Exchanges,
): Summary {
  const { counts } = world.tamperer;
  const died = (how: string): number =>
    scenario.steps.filter(({ action }) => action.kind === "die" && action.how === how).length;
  const kinds = (kind: string): number =>
    scenario.steps.filter(({ action }) => action.kind === kind).length;
  const ended = (how: string): number => observed.lives.filter(({ end }) => end === how).length;
  const jumps = observed.lives.map(
    ({ clockAheadMs }, at) => clockAheadMs - (observed.lives[at - 1]?.clockAheadMs ?? 0),
  );
  return {
    messages: observed.wire.filter(({ what }) => what === "sent").length,
    ...forksIn(exchanges),
    ...racesIn(exchanges),
    "messages repeated by storms": counts.storms,
    "messages damaged": counts.damaged,
    "copies that came late": counts.late,
    "unreadable messages": observed.unreadable.filter(({ side }) => side !== "other").length,
    "devices switched off": died("closed"),
    "devices cut off": died("unplugged"),
    "devices that came back": kinds("come back"),
    "changes of names": kinds("names"),
    "failovers to the next place": eventsIn(observed, "failed-over"),
    "calls put through to gateways": eventsIn(observed, "gateway-tried"),
    "numbers read as dialled in the country": eventsIn(observed, "number-normalised"),
    "numbers without a route": eventsIn(observed, "route-missing"),
    "places avoided after they failed": eventsIn(observed, "destination-avoided"),
    ...storesIn(world),
    "refusals for want of room": refusalsFor(observed, "overloaded"),
    "refusals while draining": refusalsFor(observed, "shutting-down"),
    "servers killed": ended("killed"),
    "servers stopped": ended("stopped"),
    "requests cut short": observed.cutShort.length,
    "clocks set forwards": jumps.filter((jump) => jump > 0).length,
    "clocks set back": jumps.filter((jump) => jump < 0).length,
    "calls ended through a later server": endedLaterIn(exchanges),
  };
}

/** Adds one run's to those before. */
export function added(total: Summary, one: Summary): Summary {
  const names = [...new Set([...Object.keys(total), ...Object.keys(one)])];
  return Object.fromEntries(names.map((name) => [name, (total[name] ?? 0) + (one[name] ?? 0)]));
}

function forksIn(exchanges: Exchanges): Summary {
  const widths = new Map<object, number>();
  for (const exchange of exchanges.downstream) {
    const from = exchanges.upstreamOf(exchange);
    if (from !== undefined && exchange.request.method === "INVITE") {
      widths.set(from, (widths.get(from) ?? 0) + 1);
    }
  }
  const all = [...widths.values()];
  return {
    forks: all.filter((width) => width > 1).length,
    "forks of four or more": all.filter((width) => width > 3).length,
  };
}

/** A CANCEL may come while nothing is known, while it rings, and when the answer is already on its way. */
function racesIn({ upstream }: Exchanges): Summary {
  const invites = new Map(
    upstream
      .filter(({ request }) => request.method === "INVITE")
      .map((exchange) => [`${exchange.life} ${viasOf(exchange.request)[0]}`, exchange]),
  );
  const counts = { early: 0, ringing: 0, late: 0 };
  for (const { request, life, arrivals } of upstream) {
    if (request.method !== "CANCEL") continue;
    const invite = invites.get(`${life} ${viasOf(request)[0]}`);
    const atMs = arrivals[0]?.atMs ?? 0;
    const before = (invite?.responses ?? []).filter((one) => one.atMs <= atMs);
    const highest = Math.max(0, ...before.map(({ message }) => message.statusCode));
    if (highest >= 200) counts.late += 1;
    else if (highest > 100) counts.ringing += 1;
    else counts.early += 1;
  }
  return {
    "CANCELs before it rings": counts.early,
    "CANCELs while it rings": counts.ringing,
    "CANCELs after the final response": counts.late,
  };
}

function storesIn({ stores }: World): Summary {
  const hows = ["throws", "rejects", "answers late", "never answers"] as const;
  return Object.fromEntries(
    hows.map((how) => [`times a store ${how}`, stores.met.get(how) ?? 0] as const),
  );
}

function eventsIn({ records }: Observed, kind: TraceEventKind): number {
  return records.reduce(
    (sum, { values }) => sum + values.filter((value) => value === kind).length,
    0,
  );
}

function refusalsFor({ records }: Observed, causeId: string): number {
  return records.filter((record) => record.causeId === causeId).length;
}

/** BYEs that went through a server which had not seen the INVITE. */
function endedLaterIn(exchanges: Exchanges): number {
  const livesOf = new Map<string, number>();
  for (const { request, life } of exchanges.downstream) {
    if (request.method === "INVITE") livesOf.set(request.callId, life);
  }
  return exchanges.downstream.filter(({ request, life }) => {
    const invited = livesOf.get(request.callId);
    return request.method === "BYE" && invited !== undefined && invited < life;
  }).length;
}
