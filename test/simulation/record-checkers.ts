import { causes, type CauseId } from "../../src/causes/index.ts";
import { eventsOf, type TraceEvent, type TraceRecord } from "../../src/trace/index.ts";
import type { Checker } from "./checkers.ts";
import { isResponse } from "./exchanges.ts";
import { labelOf, type WireEntry } from "./wire.ts";

/** Traces keep microseconds; the wire keeps floats. */
const SAME_MOMENT_MS = 0.002;

/** What the kept cases say, held against what was on the wire. */
export const recordCheckers: Readonly<Record<string, Checker>> = {
  "every refusal of ours has a case whose cause may lead to it": (
    { wire, records },
    { upstream },
    report,
  ) => {
    const theirs = new Set(
      wire
        .filter((entry) => entry.side === "arrived at server")
        .filter(isResponse)
        .map(({ message }) => identityOf(message)),
    );
    const byCallId = recordsByCallId(records);
    for (const { request, arrivals, responses } of upstream) {
      const refusal = responses.find(({ message }) => message.statusCode >= 300);
      if (refusal === undefined || theirs.has(identityOf(refusal.message))) continue;
      const { statusCode } = refusal.message;
      const record = byCallId
        .get(request.callId)
        ?.find(
          (each) =>
            each.method === request.method && isSameMoment(each.startedAtMs, arrivals[0]?.atMs),
        );
      const label = `${labelOf(refusal.message)} to ${request.method}`;
      if (record === undefined) report(refusal.atMs, request, `${label} has no case`);
      else if (record.statusCode !== statusCode) {
        report(refusal.atMs, request, `${label} is kept as ${record.statusCode}`);
      } else if (!mayLeadTo(record.causeId, statusCode)) {
        report(refusal.atMs, request, `${label} because of "${record.causeId}"`);
      }
    }
  },

  "every message of a case was on the wire": ({ wire, records }, _, report) => {
    const byMoment = wireByMoment(wire);
    for (const record of records) {
      for (const event of eventsOf(record.startedAtMs, record.values)) {
        const wanted = shownBy(event, record);
        if (wanted === undefined) continue;
        if (momentsNear(byMoment, event.atMs).some((shown) => shown === wanted)) continue;
        report(event.atMs, record, `the case shows "${wanted}", the wire does not`);
      }
    }
  },

  "every request that came and every message that went is in a case": (
    { wire, records },
    _,
    report,
  ) => {
    const shown = new Map<string, number>();
    for (const record of records) {
      for (const event of eventsOf(record.startedAtMs, record.values)) {
        const text = shownBy(event, record);
        if (text !== undefined) shown.set(text, (shown.get(text) ?? 0) + 1);
      }
    }
    const seen = new Set<string>();
    for (const entry of wire) {
      if (entry.side === "other" || isForNoCase(entry) || seen.has(entry.message.text)) continue;
      seen.add(entry.message.text);
      const text = shownOnWire(entry);
      const left = shown.get(text) ?? 0;
      if (left === 0) report(entry.atMs, entry.message, `no case shows "${text}"`);
      shown.set(text, left - 1);
    }
  },
};

function mayLeadTo(causeId: string, statusCode: number): boolean {
  const facts = (causes as Readonly<Record<string, (typeof causes)[CauseId]>>)[causeId];
  return (facts?.statusCodes as readonly number[] | undefined)?.includes(statusCode) === true;
}

function recordsByCallId(records: readonly TraceRecord[]): Map<string, TraceRecord[]> {
  return Map.groupBy(records, ({ callId }) => callId);
}

/** What makes two responses the same on both sides of a proxy. */
function identityOf(message: WireEntry["message"]): string {
  const status = message.kind === "response" ? message.statusCode : 0;
  return `${status} ${message.callId} ${message.cseq.sequenceNumber} ${message.cseq.method} ${message.toTag}`;
}

/** One message as both a trace event and the wire can tell it: Call-ID, label, direction, whose address. */
function shownOnWire({ side, message, from, to }: WireEntry): string {
  const [way, peer] = side === "sent by server" ? ["to", to] : ["from", from];
  const what =
    message.kind === "request" ? message.method : `${message.statusCode} (${message.cseq.method})`;
  return shownAs(message.callId, what, way, peer);
}

/** The same of a trace event; undefined for events that are decisions. */
function shownBy(event: TraceEvent, record: TraceRecord): string | undefined {
  const { callId, method, peer } = record;
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the other kinds are decisions, not messages
  switch (event.kind) {
    case "request-received":
      return shownAs(callId, event.method, "from", event.peer);
    case "cancel-received":
      return shownAs(callId, "CANCEL", "from", event.peer);
    case "branch-started":
      return shownAs(callId, method, "to", event.destination);
    case "request-sent":
      return shownAs(callId, event.method, "to", event.peer);
    case "response-received":
      return shownAs(callId, `${event.statusCode} (${method})`, "from", event.peer);
    case "response-sent":
      return shownAs(callId, `${event.statusCode} (${method})`, "to", peer);
    default:
      return undefined;
  }
}

/** Without the port: a response may have to take another (RFC 3261 §18.2.2). */
function shownAs(callId: string, what: string, way: string, peer: string): string {
  return `${callId}: ${what} ${way} ${peer.slice(0, peer.lastIndexOf(":"))}`;
}

/**
 * Responses that came are not looked for: what comes late is dropped before any case. ACKs, and all about a CANCEL but
 * the one we send, belong to the machinery of their INVITE.
 */
function isForNoCase({ side, message }: WireEntry): boolean {
  if (side === "arrived at server" && message.kind === "response") return true;
  if (message.cseq.method === "ACK") return true;
  return (
    message.cseq.method === "CANCEL" &&
    (side === "arrived at server" || message.kind === "response")
  );
}

function isSameMoment(one: number, other: number | undefined): boolean {
  return other !== undefined && Math.abs(one - other) <= SAME_MOMENT_MS;
}

function wireByMoment(wire: readonly WireEntry[]): Map<number, string[]> {
  const byMoment = new Map<number, string[]>();
  for (const entry of wire) {
    if (entry.side === "other") continue;
    const moment = Math.round(entry.atMs);
    const shown = byMoment.get(moment) ?? [];
    shown.push(shownOnWire(entry));
    byMoment.set(moment, shown);
  }
  return byMoment;
}

function momentsNear(byMoment: ReadonlyMap<number, string[]>, atMs: number): readonly string[] {
  const moment = Math.round(atMs);
  return [moment - 1, moment, moment + 1].flatMap((near) => byMoment.get(near) ?? []);
}
