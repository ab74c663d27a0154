import { causes, type CauseId } from "../../src/causes/index.ts";
import { Header, isMalformed, type SipResponse } from "../../src/message/index.ts";
import { eventsOf, type TraceEvent } from "../../src/trace/index.ts";
import { obviousChoice, sentOf, type Seen } from "../support/obvious-choice.ts";
import {
  viasOf,
  type DownstreamExchange,
  type Exchanges,
  type ResponseEntry,
  type UpstreamExchange,
} from "./exchanges.ts";
import type { Checker } from "./observed.ts";
import { recordOf } from "./record-of.ts";

/** What becomes of the branches of one request, and of what each of them says (RFC 3261 §16.7, §16.10, §17.1.1.3). */
export const forkCheckers: Readonly<Record<string, Checker>> = {
  "what goes upstream is what §16.7 chooses of what came (RFC 3261 §16.7 step 6)": (
    { records },
    exchanges,
    report,
  ) => {
    const byCallId = Map.groupBy(records, ({ callId }) => callId);
    for (const exchange of exchanges.upstream) {
      const refusal = exchange.responses.find(({ message }) => message.statusCode >= 300);
      const record = refusal === undefined ? undefined : recordOf(exchange, byCallId);
      if (refusal === undefined || record === undefined || record.droppedCount > 0) continue;
      const events = eventsOf(record.startedAtMs, record.values);
      if (!events.some(({ kind }) => kind === "best-chosen")) continue;
      const wasCancelled = events.some(({ kind }) => kind === "cancel-received");
      const seen = finalsSeen(events, branchesOf(exchange, exchanges), wasCancelled);
      if (typeof seen === "string") {
        report(refusal.atMs, exchange.request, seen);
        continue;
      }
      const chosen = obviousChoice(seen, exchange.request.method, wasCancelled);
      const { statusCode, toTag } = refusal.message;
      const shown = seen.map((one) => `${one.statusCode}${one.isMade ? " of ours" : ""}`).join();
      if (sentOf(chosen) !== statusCode) {
        report(refusal.atMs, exchange.request, `${statusCode} was chosen of ${shown}`);
      } else if (chosen?.response !== undefined && statusCode === chosen.statusCode) {
        if (chosen.response.toTag === toTag) continue;
        report(refusal.atMs, exchange.request, `another ${statusCode} was chosen of ${shown}`);
      }
    }
  },

  "a challenge takes the challenges of all branches along (RFC 3261 §16.7 step 7)": (
    _,
    exchanges,
    report,
  ) => {
    for (const exchange of exchanges.upstream) {
      const sent = exchange.responses.find(({ message }) => isChallenge(message));
      if (sent === undefined) continue;
      const branches = branchesOf(exchange, exchanges);
      const values = new Set(challengesIn(sent.message));
      for (const { responses } of branches) {
        const final = finalOf(responses);
        if (final === undefined || !isChallenge(final.message) || final.atMs > sent.atMs) continue;
        for (const value of challengesIn(final.message)) {
          if (!values.has(value)) report(sent.atMs, exchange.request, `"${value}" is missing`);
        }
      }
    }
  },

  "a CANCEL goes where its INVITE went, says the same, and not after its end (RFC 3261 §9.1)": (
    _,
    { downstream },
    report,
  ) => {
    const invites = invitesByBranch(downstream);
    for (const { request, life, sendings } of downstream) {
      if (request.method !== "CANCEL") continue;
      const invite = invites.get(`${life} ${viasOf(request)[0]}`);
      const [first] = sendings;
      if (invite === undefined || first === undefined) {
        report(first?.atMs ?? 0, request, "a CANCEL of no INVITE");
        continue;
      }
      const isSame =
        request.requestUri.text === invite.request.requestUri.text &&
        request.callId === invite.request.callId &&
        request.fromTag === invite.request.fromTag &&
        request.toTag === invite.request.toTag &&
        request.cseq.sequenceNumber === invite.request.cseq.sequenceNumber &&
        viasOf(request).length === 1;
      if (!isSame) report(first.atMs, request, "a CANCEL of something else");
      if (first.to !== invite.sendings[0]?.to) report(first.atMs, request, `sent to ${first.to}`);
      const final = finalOf(invite.responses);
      if (final !== undefined && final.atMs < first.atMs) {
        report(first.atMs, request, `a CANCEL after ${final.message.statusCode}`);
      }
    }
  },

  "an ACK goes to the branch that it acknowledges (RFC 3261 §17.1.1.3, §13.2.2.4)": (
    { wire },
    { downstream, relayedAcks },
    report,
  ) => {
    for (const { request, sendings, acks } of downstream) {
      for (const { atMs, to } of acks) {
        if (to !== sendings[0]?.to) report(atMs, request, `its ACK went to ${to}`);
      }
    }
    const contacts = new Map<string, Set<string>>();
    for (const { side, message } of wire) {
      if (side !== "arrived at server" || message.kind !== "response") continue;
      if (message.statusCode < 200 || message.statusCode > 299) continue;
      const contact = contactOf(message);
      if (message.cseq.method !== "INVITE" || contact === undefined) continue;
      const key = `${message.callId} ${message.toTag}`;
      contacts.set(key, (contacts.get(key) ?? new Set()).add(contact));
    }
    const asked = new Map<string, string>();
    for (const { side, message } of wire) {
      if (side !== "arrived at server" || message.kind === "response") continue;
      if (message.method === "ACK") asked.set(viasOf(message)[0] ?? "", message.requestUri.text);
    }
    for (const { atMs, message } of relayedAcks) {
      const wanted = contacts.get(`${message.callId} ${message.toTag}`);
      const uri = message.requestUri.text;
      if (wanted === undefined || wanted.has(uri)) continue;
      // A caller that could not read the Contact sends it to the address that it called, and so to every device.
      if (!wanted.has(asked.get(viasOf(message)[1] ?? "") ?? "")) continue;
      report(atMs, message, `it went to ${uri}, and not to ${[...wanted].join(" or ")}`);
    }
  },
};

interface SeenFinal extends Seen {
  /** undefined where it is one of ours. */
  readonly response: SipResponse | undefined;
}

/**
 * The finals that count, in the order they came: what each branch said is taken from the wire, that a branch said
 * nothing from the trace. @returns what does not fit, in words
 */
function finalsSeen(
  events: readonly TraceEvent[],
  branches: readonly DownstreamExchange[],
  wasCancelled: boolean,
): SeenFinal[] | string {
  const started: number[] = [];
  const outcomes = new Map<number, SeenFinal>();
  const order: number[] = [];
  const isSuperseded = new Set<number>();
  const after = new Map<number, number>();
  let failedLast = 0;
  let isCancelled = false;
  for (const event of events) {
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the rest decides nothing here
    switch (event.kind) {
      case "branch-started":
        started.push(event.branch);
        break;
      case "cancel-received":
        isCancelled = true;
        break;
      case "failed-over":
        isSuperseded.add(event.after);
        after.set(event.branch, event.after);
        break;
      case "transport-switched":
        if (event.sizeBytes === 0) isSuperseded.add(failedLast);
        break;
      case "branch-ended": {
        if (event.statusCode < 300) break;
        const branch = branches[started.indexOf(event.branch)];
        const final = branch?.responses.find(({ message }) => message.statusCode >= 300);
        if (final?.message.statusCode !== event.statusCode) {
          return `the case has ${event.statusCode} of branch ${event.branch}, the wire has ${final?.message.statusCode}`;
        }
        const { statusCode } = event;
        outcomes.set(event.branch, { statusCode, isMade: false, response: final.message });
        order.push(event.branch);
        break;
      }
      case "branch-failed": {
        failedLast = event.branch;
        const before = after.get(event.branch);
        const known = before === undefined ? undefined : outcomes.get(before);
        const own = causes[event.causeId as CauseId].statusCodes as readonly number[];
        const statusCode = isCancelled ? 487 : (own[0] ?? 0);
        const isNowhere = event.causeId === "next-hop-unresolvable" && known !== undefined;
        const made = { statusCode, isMade: true, response: undefined };
        outcomes.set(event.branch, isNowhere ? known : made);
        order.push(event.branch);
        break;
      }
      case "branch-cancelled":
        // Nothing was sent there yet: it counts only where the caller cancelled.
        if (started.includes(event.branch) || !wasCancelled) break;
        outcomes.set(event.branch, { statusCode: 487, isMade: true, response: undefined });
        order.push(event.branch);
        break;
      default:
    }
  }
  return order
    .filter((branch) => !isSuperseded.has(branch))
    .flatMap((branch) => outcomes.get(branch) ?? []);
}

/** In the order in which they were started. */
function branchesOf(
  exchange: UpstreamExchange,
  exchanges: Exchanges,
): readonly DownstreamExchange[] {
  return exchanges.downstream.filter(
    (branch) => branch.request.method !== "CANCEL" && exchanges.upstreamOf(branch) === exchange,
  );
}

function invitesByBranch(
  downstream: readonly DownstreamExchange[],
): Map<string, DownstreamExchange> {
  return new Map(
    downstream
      .filter(({ request }) => request.method === "INVITE")
      .map((invite) => [`${invite.life} ${viasOf(invite.request)[0]}`, invite]),
  );
}

function finalOf(responses: readonly ResponseEntry[]): ResponseEntry | undefined {
  return responses.find(({ message }) => message.statusCode >= 200);
}

function isChallenge({ statusCode }: SipResponse): boolean {
  return statusCode === 401 || statusCode === 407;
}

function challengesIn(response: SipResponse): string[] {
  return [Header.WwwAuthenticate, Header.ProxyAuthenticate].flatMap((id) => [
    ...response.values(id),
  ]);
}

function contactOf(message: SipResponse): string | undefined {
  const contacts = message.nameAddrs(Header.Contact);
  return isMalformed(contacts) ? undefined : contacts[0]?.uri.text;
}
