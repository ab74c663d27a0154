import { eventsOf, type TraceEvent, type TraceRecord } from "../../src/trace/index.ts";
import { hostOf, isResponse, isStateless, type UpstreamExchange } from "./exchanges.ts";
import type { Checker } from "./observed.ts";
import { isSameMoment, recordOf } from "./record-of.ts";

/** What every case must be able to say for itself. */
export const caseCheckers: Readonly<Record<string, Checker>> = {
  "every request that ended has one case, and only one": (
    { records, cutShort, unreadable },
    exchanges,
    report,
  ) => {
    const damaged = new Set(unreadable.map(({ atMs }) => atMs));
    const cut = Map.groupBy(cutShort, ({ callId }) => callId);
    const byCallId = Map.groupBy(records, ({ callId }) => callId);
    for (const exchange of exchanges.upstream) {
      const { request, arrivals } = exchange;
      const atMs = arrivals[0]?.atMs ?? 0;
      const count = (byCallId.get(request.callId) ?? []).filter(
        (record) => record.method === request.method && isSameMoment(record.startedAtMs, atMs),
      ).length;
      const isMany = count > 1 && !damaged.has(atMs) && !hasTwin(exchange, exchanges.upstream);
      if (isMany) report(atMs, request, `${count} cases of one ${request.method}`);
      const wasCut = recordOf(exchange, cut) !== undefined;
      if (count > 0 || wasCut || mayHaveNone(exchange)) continue;
      report(atMs, request, `${request.method} has no case`);
    }
  },

  "a case without a final response says why there is none (RFC 4320 §4.2)": (
    { records },
    _,
    report,
  ) => {
    for (const record of records) {
      if (record.statusCode !== 0 || record.method === "ACK") continue;
      if (record.causeId !== "") continue;
      report(record.startedAtMs, record, `${record.method} has neither status nor cause`);
    }
  },

  "the trace of a case explains its status": ({ records }, _, report) => {
    for (const record of records) {
      if (record.droppedCount > 0 || record.method === "ACK") continue;
      const what = unexplained(record, eventsOf(record.startedAtMs, record.values));
      if (what !== undefined) report(record.startedAtMs, record, `${record.method}: ${what}`);
    }
  },

  "nothing is answered that did not come": ({ wire, unreadable }, { upstream }, report) => {
    const answers = new Set(upstream.flatMap(({ responses }) => responses));
    const moments = new Set(
      unreadable
        .filter(({ side }) => side === "arrived at server")
        .map(({ atMs, from }) => `${atMs} ${hostOf(from)}`),
    );
    for (const entry of wire) {
      if (entry.side !== "sent by server" || !isResponse(entry) || answers.has(entry)) continue;
      if (moments.has(`${entry.atMs} ${hostOf(entry.to)}`)) continue;
      report(entry.atMs, entry.message, `${entry.message.statusCode} to nothing`);
    }
  },
};

/** @returns what the trace owes, in words */
function unexplained(
  { statusCode, causeId }: TraceRecord,
  events: readonly TraceEvent[],
): string | undefined {
  const refused = events.findLast((event) => event.kind === "refused");
  if (statusCode === 0) {
    const isGiven = refused?.causeId === causeId;
    return isGiven ? undefined : `no response, and no "${causeId}" in it`;
  }
  const finals = events.filter((event) => event.kind === "response-sent");
  const sent = finals.findLast((event) => event.statusCode >= 200);
  if (sent === undefined) return `${statusCode}, and no final response in it`;
  if (statusCode >= 300 && sent.statusCode !== statusCode) {
    return `${statusCode}, and it sends ${sent.statusCode}`;
  }
  if (sent.origin === "own") {
    if (statusCode < 300) return undefined;
    const isGiven = refused?.causeId === causeId;
    return isGiven && refused?.statusCode === statusCode ? undefined : `no "${causeId}" in it`;
  }
  const came = events.some(
    (event) =>
      event.kind === "response-received" &&
      event.branch === sent.branch &&
      event.statusCode === sent.statusCode,
  );
  if (!came) return `branch ${sent.branch} did not say ${sent.statusCode}`;
  if (statusCode < 300) return undefined;
  if (causeId === "") return `${statusCode} was relayed without a cause`;
  const isChosen = events.some(
    (event) => event.kind === "best-chosen" && event.branch === sent.branch,
  );
  return isChosen ? undefined : `${statusCode} was relayed and not chosen`;
}

/** A CANCEL that matched is told in its INVITE's case, and of what is refused without a transaction not all is kept. */
function mayHaveNone({ request, responses }: UpstreamExchange): boolean {
  const final = responses.find(({ message }) => message.statusCode >= 200);
  if (request.method === "CANCEL") return final?.message.statusCode !== 481;
  return final !== undefined && isStateless(final.message);
}

/** The same Call-ID and method at the very same moment, in another transaction. */
function hasTwin(exchange: UpstreamExchange, upstream: readonly UpstreamExchange[]): boolean {
  return upstream.some(
    (other) =>
      other !== exchange &&
      other.request.callId === exchange.request.callId &&
      other.request.method === exchange.request.method &&
      isSameMoment(other.arrivals[0]?.atMs ?? 0, exchange.arrivals[0]?.atMs),
  );
}
