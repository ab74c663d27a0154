import {
  aorOf,
  Header,
  isMalformed,
  parameterOf,
  type SipMessage,
} from "../../src/message/index.ts";
import { SOFTWARE_NAME } from "../../src/user-agent/index.ts";
import { caseCheckers } from "./case-checkers.ts";
import { forkCheckers } from "./fork-checkers.ts";
import { lifeCheckers } from "./life-checkers.ts";
import { recordCheckers } from "./record-checkers.ts";
import { exchangesIn, isRequest, viasOf, type Exchanges } from "./exchanges.ts";
import { recordOf } from "./record-of.ts";
import type { Checker, Observed, Violation } from "./observed.ts";
import { labelOf, type WireEntry } from "./wire.ts";

/** 64*T1, and what a float may be off. */
const LIFETIME_MS = 32_000.5;
/** As devices write their Contact here; domains elsewhere have names. */
/** A number as the dial plan sends it out, to somewhere that is no device of ours. */
const AT_A_GATEWAY = /^sip:\+[0-9]+@203\.0\.113\.[0-9]+;user=phone$/;
const NUMERIC_HOST = /^sip:[^@]*@[\d[]/;
/** Directory, location, aliases one after another, and the resolver. */
const QUESTIONS_MAX = 12;
/** RFC 4320 §4.1: when Timer E of the client has reached T2. */
const PROVISIONAL_DUE_MS = 3_500;

/** Each says one thing that must never happen; the name is what a failure shows. */
export const checkers: Readonly<Record<string, Checker>> = {
  "an INVITE gets one refusal, or one or more 2xx, never both (RFC 3261 §17.2.1)": (
    { cutShort },
    { upstream },
    report,
  ) => {
    const cut = Map.groupBy(cutShort, ({ callId }) => callId);
    for (const { request, arrivals, responses } of upstream) {
      if (request.method !== "INVITE") continue;
      const refusals = distinct(responses.filter(({ message }) => message.statusCode >= 300));
      const answers = responses.filter(({ message }) => isSuccess(message.statusCode));
      const atMs = arrivals[0]?.atMs ?? 0;
      if (refusals.length > 1) report(atMs, request, `${refusals.length} different refusals`);
      if (refusals.length > 0 && answers.length > 0) report(atMs, request, "a 2xx and a refusal");
      if (refusals.length + answers.length > 0) continue;
      const wasCut = recordOf({ request, arrivals }, cut) !== undefined;
      if (!wasCut) report(atMs, request, "no final response");
    }
  },

  "any other request gets at most one final response (RFC 3261 §17.2.2)": (
    _,
    { upstream },
    report,
  ) => {
    for (const { request, arrivals, responses } of upstream) {
      if (request.method === "INVITE") continue;
      const finals = distinct(responses.filter(({ message }) => message.statusCode >= 200));
      if (finals.length > 1) {
        report(arrivals[0]?.atMs ?? 0, request, `${finals.length} finals to ${request.method}`);
      }
    }
  },

  "no 408 to anything but INVITE (RFC 4320 §4.2)": (_, { upstream }, report) => {
    for (const { request, responses } of upstream) {
      for (const { atMs, message } of responses) {
        if (message.statusCode !== 408 || request.method === "INVITE") continue;
        report(atMs, request, `408 to ${request.method}`);
      }
    }
  },

  "a request is repeated for 64*T1 at most, and not after an answer (RFC 3261 §17.1)": (
    _,
    { downstream },
    report,
  ) => {
    for (const { request, sendings, responses } of downstream) {
      const first = sendings[0]?.atMs ?? 0;
      const isInvite = request.method === "INVITE";
      const answeredMs =
        responses.find(({ message }) => isInvite || message.statusCode >= 200)?.atMs ?? Infinity;
      for (const { atMs } of sendings.slice(1)) {
        if (atMs > first + LIFETIME_MS) report(atMs, request, `${request.method} after 64*T1`);
        if (atMs > answeredMs) report(atMs, request, `${request.method} again though answered`);
      }
    }
  },

  "a final response is repeated for 64*T1 at most, and not after its ACK (RFC 3261 §17.2)": (
    _,
    { upstream },
    report,
  ) => {
    for (const { request, responses, acks } of upstream) {
      const finals = responses.filter(({ message }) => message.statusCode >= 200);
      const first = finals[0]?.atMs ?? Infinity;
      // A late copy may be of an earlier refusal with that branch.
      const tags = new Set(finals.map(({ message }) => message.toTag));
      const ack = acks.find(({ atMs, message }) => atMs >= first && tags.has(message.toTag));
      const ackedMs = ack?.atMs ?? Infinity;
      for (const { atMs, message } of finals) {
        const label = labelOf(message);
        if (atMs > first + LIFETIME_MS) report(atMs, request, `${label} after 64*T1`);
        if (atMs > ackedMs) report(atMs, request, `${label} again though acknowledged`);
      }
    }
  },

  "no request waits longer than its timers allow": (
    { pending, limits, branchesMax },
    _,
    report,
  ) => {
    for (const { atMs, record } of pending) {
      const { callId, method, startedAtMs } = record;
      // Ringing may set Timer C anew once a branch; 64*T1 is for the CANCEL at its end.
      const branchMs = method === "INVITE" ? 2 * limits.timerCMs + LIFETIME_MS : LIFETIME_MS;
      // Before each group, and before the first, a store may be asked a few questions.
      const limitMs = branchesMax * (branchMs + QUESTIONS_MAX * limits.questionMs);
      if (atMs - startedAtMs <= limitMs) continue;
      report(atMs, { callId }, `${method} pending for ${Math.round(atMs - startedAtMs)} ms`);
    }
  },

  "no INVITE goes to a contact that is no live binding (RFC 3261 §16.5)": (
    { wire, lives },
    exchanges,
    report,
  ) => {
    const live: LiveBindings = new Map();
    const seen = new Set<string>();
    let life = 0;
    for (const entry of wire) {
      if (entry.side !== "sent by server") continue;
      const { message, atMs } = entry;
      // A clock that is set back lets everything live longer; nobody could know.
      for (; life < entry.life; life += 1) {
        const backMs = (lives[life]?.clockAheadMs ?? 0) - (lives[life + 1]?.clockAheadMs ?? 0);
        for (const bound of live.values()) {
          for (const [contact, expiresAtMs] of bound) bound.set(contact, expiresAtMs + backMs);
        }
      }
      if (message.kind === "response") {
        if (seen.has(message.text) || message.cseq.method !== "REGISTER") continue;
        seen.add(message.text);
        if (message.statusCode === 200) bindingsFrom(message, atMs, live);
      } else if (message.method === "INVITE" && message.toTag === undefined) {
        if (seen.has(message.text)) continue;
        seen.add(message.text);
        const original = exchanges.upstreamOf({ request: message });
        const { requestUri } = message;
        // What is not ours to look up leaves under the Request-URI that it came with, or as an alias says.
        if (original?.request.requestUri.text === requestUri.text) continue;
        if (!NUMERIC_HOST.test(requestUri.text)) continue;
        const key = requestUri.text;
        if (mayBeBound(key, atMs, exchanges) || AT_A_GATEWAY.test(key)) continue;
        const expiresAtMs = latestEnd(live, key);
        if (expiresAtMs === undefined) report(atMs, message, `${key} was never bound`);
        else if (expiresAtMs <= atMs) {
          report(atMs, message, `${key} ended ${Math.round(atMs - expiresAtMs)} ms ago`);
        }
      }
    }
  },

  "no CANCEL before a provisional response of that branch (RFC 3261 §9.1)": (
    _,
    { downstream },
    report,
  ) => {
    for (const { request, sendings } of downstream) {
      if (request.method !== "CANCEL") continue;
      const atMs = sendings[0]?.atMs ?? 0;
      const invite = downstream.find(
        (other) =>
          other.request.method === "INVITE" && viasOf(other.request)[0] === viasOf(request)[0],
      );
      const first = invite?.responses[0];
      if (first === undefined || first.atMs > atMs) report(atMs, request, "CANCEL came first");
    }
  },

  "a refusal is acknowledged with the branch of its INVITE, each time (RFC 3261 §17.1.1.3)": (
    { wire },
    { downstream },
    report,
  ) => {
    const refusedByPort = new Set(
      wire.filter(({ what }) => what === "refused").map(({ id }) => id),
    );
    for (const { request, sendings, responses, acks } of downstream) {
      if (request.method !== "INVITE") continue;
      const refusals = responses.filter(({ message }) => message.statusCode >= 300);
      const first = refusals[0];
      if (first === undefined) {
        const [ack] = acks;
        if (ack !== undefined) report(ack.atMs, request, "an ACK, and no refusal");
        continue;
      }
      // After a 2xx the branch takes no refusal any more, nothing after Timer D, and nothing at all after Timer B or
      // 64*T1 after its CANCEL.
      if (responses.some(({ message }) => isSuccess(message.statusCode))) continue;
      // A port that was closed ends the transaction, and its device may be back for a late copy (§17.1.4).
      if (sendings.some(({ id }) => refusedByPort.has(id))) continue;
      const [via] = viasOf(request);
      const cancel = downstream.find(
        (other) => other.request.method === "CANCEL" && viasOf(other.request)[0] === via,
      );
      if ((responses[0]?.atMs ?? 0) > (sendings[0]?.atMs ?? 0) + 32_000) continue;
      if (first.atMs > (cancel?.sendings[0]?.atMs ?? Infinity) + 32_000) continue;
      for (const refusal of refusals) {
        if (refusal.atMs > first.atMs + 32_000) continue;
        if (acks.some(({ atMs }) => atMs === refusal.atMs)) continue;
        report(refusal.atMs, request, `${labelOf(refusal.message)} has no ACK`);
      }
      for (const { atMs, message } of acks) {
        const isSame =
          message.toTag === first.message.toTag &&
          message.requestUri.text === request.requestUri.text &&
          message.cseq.sequenceNumber === request.cseq.sequenceNumber;
        if (!isSame) report(atMs, request, "an ACK of something else");
      }
    }
  },

  "100 is said by the server itself: at once to INVITE, not before 3.5 s to others (RFC 4320 §4.1)":
    (_, { upstream }, report) => {
      for (const { request, arrivals, responses } of upstream) {
        const firstMs = arrivals[0]?.atMs ?? 0;
        for (const { atMs, message } of responses) {
          if (message.statusCode !== 100) continue;
          if (message.headerByName("Server") === SOFTWARE_NAME) {
            report(atMs, request, "a 100 of somebody else was relayed");
          }
          const isOnTime =
            request.method === "INVITE"
              ? arrivals.some((arrival) => arrival.atMs === atMs)
              : atMs >= firstMs + PROVISIONAL_DUE_MS;
          if (!isOnTime) report(atMs, request, `a 100 to ${request.method} out of time`);
        }
        const toInvite = responses.find(({ message }) => message.statusCode === 100);
        const hasFinalAtOnce = responses.some(
          ({ atMs, message }) => message.statusCode >= 200 && atMs === firstMs,
        );
        if (request.method === "INVITE" && toInvite?.atMs !== firstMs && !hasFinalAtOnce) {
          report(firstMs, request, "an INVITE without 100 at once");
        }
      }
    },

  "Max-Forwards goes down by one (RFC 3261 §16.6 step 3)": (_, exchanges, report) => {
    for (const exchange of exchanges.downstream) {
      const { request, sendings } = exchange;
      const received = exchanges.upstreamOf(exchange)?.request;
      if (request.method === "CANCEL" || received === undefined) continue;
      if (request.maxForwards === (received.maxForwards ?? 71) - 1) continue;
      const text = `${received.maxForwards} became ${request.maxForwards}`;
      report(sendings[0]?.atMs ?? 0, request, text);
    }
  },

  "nothing is sent on that nobody sent (RFC 3261 §16.6)": ({ wire }, exchanges, report) => {
    for (const exchange of exchanges.downstream) {
      const { request, sendings } = exchange;
      if (request.method === "CANCEL" || exchanges.upstreamOf(exchange) !== undefined) continue;
      report(sendings[0]?.atMs ?? 0, request, `${request.method} from nowhere`);
    }
    const arrived = new Set(
      wire
        .filter((entry) => entry.side === "arrived at server" && isRequest(entry))
        .map(({ message }) => `${viasOf(message)[0]} ${message.cseq.method}`),
    );
    for (const { atMs, message } of exchanges.relayedAcks) {
      if (!arrived.has(`${viasOf(message)[1]} ACK`)) report(atMs, message, "ACK from nowhere");
    }
  },

  "nothing is left over at the end": ({ end }, _, report) => {
    for (const [name, left] of Object.entries(end)) {
      const isNothing = typeof left === "number" ? left === 0 : left.length === 0;
      if (!isNothing) report(0, { callId: "" }, `${name}: ${String(left)}`);
    }
  },

  ...forkCheckers,
  ...recordCheckers,
  ...caseCheckers,
  ...lifeCheckers,
};

/** Runs every checker. */
export function check(observed: Observed, exchanges = exchangesIn(observed)): Violation[] {
  const violations: Violation[] = [];
  for (const [checker, run] of Object.entries(checkers)) {
    run(observed, exchanges, (atMs, { callId }, text) => {
      violations.push({ checker, callId, atMs, text });
    });
  }
  return violations;
}

export function isSuccess(statusCode: number): boolean {
  return statusCode >= 200 && statusCode < 300;
}

/** Those whose text no earlier one has. */
export function distinct<Entry extends WireEntry>(entries: readonly Entry[]): Entry[] {
  const seen = new Set<string>();
  return entries.filter(({ message }) => {
    if (seen.has(message.text)) return false;
    seen.add(message.text);
    return true;
  });
}

/** Contacts by address, each with when it ends. */
type LiveBindings = Map<string, Map<string, number>>;

/** A 200 to a REGISTER lists every binding of its address, each until when (RFC 3261 §10.3 step 8). */
function bindingsFrom(message: SipMessage, atMs: number, live: LiveBindings): void {
  const contacts = message.nameAddrs(Header.Contact);
  if (isMalformed(contacts)) return;
  const aor = message.to.uri.kind === "sip" ? (aorOf(message.to.uri) ?? "") : "";
  const bound = live.get(aor) ?? new Map<string, number>();
  live.set(aor, bound);
  // Of one address all bindings are listed; what is not there any more is none.
  for (const [contact, expiresAtMs] of bound) bound.set(contact, Math.min(expiresAtMs, atMs));
  for (const { uri, parameters } of contacts) {
    // Seconds are rounded down on the wire.
    const expires = Number(parameterOf(parameters, "expires") ?? 0) + 1;
    bound.set(uri.text, atMs + expires * 1000);
  }
}

/**
 * Whether a REGISTER asked for it that was not answered yet, or that was told that the store did not answer: what was
 * written is there for readers before anybody is told so.
 */
function mayBeBound(contact: string, atMs: number, { upstream }: Exchanges): boolean {
  return upstream.some(({ request, arrivals, responses }) => {
    if (request.method !== "REGISTER" || (arrivals[0]?.atMs ?? Infinity) > atMs) return false;
    const contacts = request.nameAddrs(Header.Contact);
    if (isMalformed(contacts) || !contacts.some(({ uri }) => uri.text === contact)) return false;
    const final = responses.find(({ message }) => message.statusCode >= 200);
    return final === undefined || final.atMs > atMs || final.message.statusCode === 503;
  });
}

function latestEnd(live: LiveBindings, contact: string): number | undefined {
  let latest: number | undefined;
  for (const bound of live.values()) {
    const endsAtMs = bound.get(contact);
    if (endsAtMs !== undefined) latest = Math.max(latest ?? 0, endsAtMs);
  }
  return latest;
}
