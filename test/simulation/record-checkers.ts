import type { SipResponse } from "../../src/message/index.ts";
import { causes, type CauseId } from "../../src/causes/index.ts";
import { eventsOf, type TraceEvent, type TraceRecord } from "../../src/trace/index.ts";
import { isRequest, isResponse, isStateless, type ResponseEntry } from "./exchanges.ts";
import { recordOf } from "./record-of.ts";
import type { Checker, Observed } from "./observed.ts";
import { labelOf, type WireEntry } from "./wire.ts";

/** What the kept cases say, held against what was on the wire. */
export const recordCheckers: Readonly<Record<string, Checker>> = {
  "every refusal of ours has a case whose cause may lead to it": (
    observed,
    { upstream },
    report,
  ) => {
    const { wire, records } = observed;
    const theirs = new Set(
      wire
        .filter((entry) => entry.side === "arrived at server")
        .filter(isResponse)
        .map(({ message }) => identityOf(message)),
    );
    const byCallId = recordsByCallId(records);
    const crowded = crowdedSeconds(observed);
    for (const { request, arrivals, responses } of upstream) {
      const refusal = responses.find(({ message }) => message.statusCode >= 300);
      if (refusal === undefined || theirs.has(identityOf(refusal.message))) continue;
      const { statusCode } = refusal.message;
      const record = recordOf({ request, arrivals }, byCallId);
      const label = `${labelOf(refusal.message)} to ${request.method}`;
      if (record === undefined) {
        if (isKept(refusal, crowded)) report(refusal.atMs, request, `${label} has no case`);
      } else if (record.statusCode !== statusCode) {
        report(refusal.atMs, request, `${label} is kept as ${record.statusCode}`);
      } else if (!mayLeadTo(record.causeId, statusCode)) {
        report(refusal.atMs, request, `${label} because of "${record.causeId}"`);
      }
    }
  },

  "every message of a case was on the wire": (observed, _, report) => {
    const byMoment = wireByMoment(observed);
    for (const record of observed.records) {
      for (const event of eventsOf(record.startedAtMs, record.values)) {
        const wanted = shownBy(event, record);
        if (wanted === undefined) continue;
        const near = momentsNear(byMoment, event.atMs);
        if (near.includes(wanted) || near.includes(unreadableFrom(record.peer))) continue;
        // It is its INVITE's by the branch, whatever Call-ID a damaged one has.
        const what = wanted.slice(record.callId.length);
        if (event.kind === "cancel-received" && near.some((shown) => shown.endsWith(what)))
          continue;
        report(event.atMs, record, `the case shows "${wanted}", the wire does not`);
      }
    }
  },

  "every request that came and every message that went is in a case": (
    observed,
    { upstream },
    report,
  ) => {
    const { wire, records, cutShort } = observed;
    const shown = new Map<string, number>();
    // Of long traces the middle is dropped.
    const shortened = new Set<string>();
    const answerable = new Set(upstream.flatMap(({ responses }) => responses));
    const first = new Set(upstream.map(({ arrivals }) => arrivals[0]));
    for (const record of [...records, ...cutShort]) {
      if (record.droppedCount > 0) shortened.add(record.callId);
      for (const event of eventsOf(record.startedAtMs, record.values)) {
        const text = shownBy(event, record);
        if (text !== undefined) shown.set(text, (shown.get(text) ?? 0) + 1);
      }
    }
    const seen = new Set<string>();
    const answered = new Set<string>();
    const crowded = crowdedSeconds(observed);
    for (const entry of wire) {
      if (entry.side === "other" || isForNoCase(entry) || seen.has(entry.message.text)) continue;
      // The rest are the same request again, by its branch, whatever else they say.
      if (isRequest(entry) && entry.side === "arrived at server" && !first.has(entry)) continue;
      if (shortened.has(entry.message.callId) || crowded.has(secondOf(entry.atMs))) continue;
      // A 2xx after the end goes by (RFC 3261 §16.7 step 5), and may have been damaged since it came first.
      if (isResponse(entry) && isAnotherAnswer(entry, answered)) continue;
      // An answer to what cannot be read.
      if (isResponse(entry) && !answerable.has(entry)) continue;
      seen.add(entry.message.text);
      const text = shownOnWire(entry);
      const left = shown.get(text) ?? 0;
      if (left === 0) report(entry.atMs, entry.message, `no case shows "${text}"`);
      shown.set(text, left - 1);
    }
  },
};

/** Of what is refused without a transaction, or cannot be read, so many cases are kept a second. */
const STATELESS_CASES_PER_SECOND = 10;

/** Seconds, and those beside them, in which more than that came; a server's clock may show other seconds. */
function crowdedSeconds({ wire, unreadable }: Observed): ReadonlySet<number> {
  const counts = new Map<number, number>();
  const count = (atMs: number): void => {
    const second = secondOf(atMs);
    for (const near of [second - 1, second, second + 1]) {
      counts.set(near, (counts.get(near) ?? 0) + 1);
    }
  };
  for (const entry of wire) {
    if (isResponse(entry) && entry.side === "sent by server" && isStateless(entry.message)) {
      count(entry.atMs);
    }
  }
  for (const { side, atMs } of unreadable) if (side === "arrived at server") count(atMs);
  const crowded = [...counts].filter(([, times]) => times > STATELESS_CASES_PER_SECOND);
  return new Set(crowded.map(([second]) => second));
}

function secondOf(atMs: number): number {
  return Math.floor(atMs / 1000);
}

function isKept(refusal: ResponseEntry, crowded: ReadonlySet<number>): boolean {
  return !isStateless(refusal.message) || !crowded.has(secondOf(refusal.atMs));
}

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

/** What cannot be read is shown as whatever it seems to be. */
function unreadableFrom(peer: string): string {
  return `unreadable from ${peer.slice(0, peer.lastIndexOf(":"))}`;
}

function isAnotherAnswer(
  { side, message }: WireEntry & { readonly message: SipResponse },
  answered: Set<string>,
): boolean {
  const { statusCode, cseq, callId, fromTag } = message;
  if (side !== "sent by server" || cseq.method !== "INVITE") return false;
  if (statusCode < 200 || statusCode > 299) return false;
  const key = `${callId} ${fromTag} ${cseq.sequenceNumber}`;
  const isAnother = answered.has(key);
  answered.add(key);
  return isAnother;
}

function wireByMoment({ wire, unreadable }: Observed): Map<number, string[]> {
  const byMoment = new Map<number, string[]>();
  const note = (atMs: number, shown: string): void => {
    const moment = Math.round(atMs);
    const list = byMoment.get(moment) ?? [];
    list.push(shown);
    byMoment.set(moment, list);
  };
  for (const entry of wire) if (entry.side !== "other") note(entry.atMs, shownOnWire(entry));
  for (const { atMs, from, side } of unreadable) {
    if (side === "arrived at server") note(atMs, unreadableFrom(from));
  }
  return byMoment;
}

function momentsNear(byMoment: ReadonlyMap<number, string[]>, atMs: number): readonly string[] {
  const moment = Math.round(atMs);
  return [moment - 1, moment, moment + 1].flatMap((near) => byMoment.get(near) ?? []);
}
