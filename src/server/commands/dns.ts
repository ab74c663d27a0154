import type { DnsAnswer, DnsQuestion } from "../../base/dns.ts";
import { formatEndpoint, type Endpoint } from "../../base/endpoint.ts";
import type { Random } from "../../base/random.ts";
import { parseUri } from "../../message/index.ts";
import {
  DestinationList,
  formatRecord,
  nextHopOf,
  type AvoidedDestinations,
  type AvoidReason,
  type ListedHop,
} from "../../routing/index.ts";
import type { Resolver } from "../parts.ts";
import { CommandRefused, guarded, textArgument } from "./arguments.ts";
import type { CommandArguments, CommandOutput } from "./types.ts";

/** What `dns` asks and looks at: the running server's own, or those of the command line. */
export interface DnsPort {
  readonly resolver: Resolver;
  readonly avoided: AvoidedDestinations;
  readonly random: Random;
  readonly nowMs: () => number;
}

/** One question as `dns` tells it, in the order of asking. */
export interface ToldQuestion {
  readonly type: DnsQuestion["type"];
  readonly name: string;
  readonly outcome: DnsAnswer["kind"];
  /** As zone files write them. */
  readonly records: readonly string[];
  /** Why there are none; "" where there are. */
  readonly detail: string;
  /** How long the answer still stands. */
  readonly ttlSeconds: number;
  /** It was known, and nobody was asked. */
  readonly cached: boolean;
  /** `192.0.2.53:53`, "hosts", or "" when nobody answered. */
  readonly source: string;
  readonly rfc: string;
}

/** One destination as `dns` tells it. */
export interface ToldDestination {
  /** `udp:192.0.2.1:5060` */
  readonly destination: string;
  /** Tried last until then; undefined for most. */
  readonly avoided?: { readonly reason: AvoidReason; readonly forSeconds: number };
  /** No TCP was found there: requests too large for UDP go by UDP all the same until then (RFC 3261 §18.1.1). */
  readonly withoutTcp?: { readonly forSeconds: number };
}

/** What `dns` ends with. */
export interface Located {
  readonly uri: string;
  readonly questions: readonly ToldQuestion[];
  /** In the order in which a request would try them now. */
  readonly destinations: readonly ToldDestination[];
  /** Why there are none; "" where there are. */
  readonly detail: string;
}

/**
 * `dns`: argument `name`, a host with or without a port, or a SIP URI. Asks all that a request might ask, to the last
 * destination, and tells it. A name that leads nowhere is `failed` with exit code 1 after its `row`.
 */
export function dns(args: CommandArguments, port: DnsPort): AsyncIterable<CommandOutput> {
  return guarded(locateAll(args, port));
}

async function* locateAll(args: CommandArguments, port: DnsPort): AsyncIterable<CommandOutput> {
  const text = textArgument(args, "name").trim();
  const located = await locatedFrom(text, hopOf(text), port);
  yield { kind: "row", value: located };
  if (located.destinations.length === 0) {
    throw new CommandRefused(`${text} leads nowhere: ${located.detail}`, {
      exitCode: 1,
      causeId: "next-hop-unresolvable",
    });
  }
  yield { kind: "done", value: { destinations: located.destinations.length } };
}

function hopOf(text: string): ListedHop {
  const uri = parseUri(/^sips?:/i.test(text) ? text : `sip:${text}`);
  if (uri?.kind !== "sip") {
    throw new CommandRefused(`"${text}" is neither a host name nor a SIP URI`, { exitCode: 2 });
  }
  const hop = nextHopOf(uri);
  switch (hop.kind) {
    case "destination":
      return hop.destination;
    case "locate":
      return hop.server;
    case "unusable": {
      const { detail } = hop.cause.evidence;
      const why = typeof detail === "string" ? detail : hop.cause.id;
      throw new CommandRefused(`${text} leads nowhere: ${why}`, {
        exitCode: 1,
        causeId: hop.cause.id,
      });
    }
  }
}

async function locatedFrom(uri: string, hop: ListedHop, port: DnsPort): Promise<Located> {
  const { avoided, random, resolver, nowMs } = port;
  const list = new DestinationList([hop], {
    fraction: () => random.fraction(),
    avoided,
    failed: new Set(),
  });
  const questions: ToldQuestion[] = [];
  const destinations: ToldDestination[] = [];
  for (;;) {
    const step = list.next(nowMs(), () => undefined);
    if (step.kind === "destination") {
      destinations.push(toldDestination(step.destination, avoided, nowMs()));
    } else if (step.kind === "ask") {
      const asked = step.questions.map((question) => [question, resolver.ask(question)] as const);
      for (const [question, answer] of asked) {
        // oxlint-disable-next-line no-await-in-loop -- all were asked before the first is waited for
        const given = await answer;
        const rfc = list.answered(question, given)?.rfc ?? "";
        const cached = !(answer instanceof Promise);
        questions.push(told(question, given, { cached, rfc, nowMs: nowMs() }));
      }
    } else {
      const detail = step.kind === "exhausted" ? step.detail : "";
      return { uri, questions, destinations, detail };
    }
  }
}

function toldDestination(
  { transport, address, port }: Endpoint,
  avoided: AvoidedDestinations,
  nowMs: number,
): ToldDestination {
  const dead = avoided.find({ transport, address, port }, nowMs);
  const twin =
    transport === "udp" ? avoided.find({ transport: "tcp", address, port }, nowMs) : undefined;
  return {
    destination: formatEndpoint(transport, address, port),
    ...(dead === undefined
      ? {}
      : { avoided: { reason: dead.reason, forSeconds: secondsTo(dead.untilMs, nowMs) } }),
    ...(twin === undefined ? {} : { withoutTcp: { forSeconds: secondsTo(twin.untilMs, nowMs) } }),
  };
}

function told(
  { type, name }: DnsQuestion,
  answer: DnsAnswer,
  seen: { readonly cached: boolean; readonly rfc: string; readonly nowMs: number },
): ToldQuestion {
  const { cached, rfc, nowMs } = seen;
  return {
    type,
    name,
    outcome: answer.kind,
    records: answer.kind === "records" ? answer.records.map(formatRecord) : [],
    detail: answer.kind === "records" ? "" : answer.detail,
    ttlSeconds: secondsTo(answer.untilMs ?? nowMs, nowMs),
    cached,
    source: answer.source ?? "",
    rfc,
  };
}

function secondsTo(untilMs: number, nowMs: number): number {
  return Math.max(0, Math.round((untilMs - nowMs) / 1_000));
}
