import {
  aorOf,
  Header,
  isMalformed,
  parameterOf,
  type SipRequest,
  type SipResponse,
} from "../../src/message/index.ts";
import { isServer } from "./addresses.ts";
import { isStateless, type Exchanges, type UpstreamExchange } from "./exchanges.ts";
import { CASE_LIMITS } from "./world.ts";
import type { Checker, HeldNow, Life, Observed } from "./observed.ts";

/** What must outlive a server, and what no server may keep too long. */
export const lifeCheckers: Readonly<Record<string, Checker>> = {
  "what was acknowledged is found after a restart (RFC 3261 §10.3 step 8)": (
    { lives },
    { upstream },
    report,
  ) => {
    for (const [number, life] of lives.entries()) {
      if (number === 0) continue;
      for (const [aor, told] of acknowledgedBefore(life, upstream)) {
        if (told === undefined) continue;
        const found = life.found.get(aor) ?? [];
        for (const contact of contactsIn(told)) {
          if (found.includes(contact)) continue;
          report(life.startedAtMs, told, `${contact} of ${aor} is not there any more`);
        }
      }
    }
  },

  "who is in a call set up through us is let through, after a restart too (RFC 3261 §16.4)": (
    _,
    exchanges,
    report,
  ) => {
    const recorded = routesGiven(exchanges);
    for (const { request, arrivals, responses } of exchanges.upstream) {
      if (request.toTag === undefined || request.method === "CANCEL") continue;
      const route = request.values(Header.Route)[0];
      if (route === undefined || !recorded.has(`${request.callId} ${route}`)) continue;
      const refusal = responses.find(({ message }) => message.statusCode >= 300);
      if (refusal === undefined || ![401, 403, 404, 407].includes(refusal.message.statusCode)) {
        continue;
      }
      const isTheirs = exchanges.downstream.some(
        (branch) => exchanges.upstreamOf(branch)?.arrivals === arrivals,
      );
      if (isTheirs) continue;
      report(refusal.atMs, request, `${refusal.message.statusCode} to ${request.method}`);
    }
  },

  "no transaction is kept past its timers (RFC 3261 §17)": (observed, exchanges, report) => {
    const spans = new Map(observed.lives.map((_, life) => [life, spansOf(life, exchanges)]));
    for (const sample of observed.held) {
      const { atMs, held, life } = sample;
      const { servers, clients } = spans.get(life) ?? { servers: [], clients: [] };
      const limits = { servers: openAt(servers, atMs), clients: openAt(clients, atMs) };
      for (const kind of ["servers", "clients"] as const) {
        if (held[kind] <= limits[kind]) continue;
        report(atMs, NO_CALL, `${held[kind]} ${kind}, and ${limits[kind]} have cause to be there`);
      }
    }
  },

  "nothing is kept beyond its number": ({ held, limits }, _, report) => {
    for (const { atMs, held: now } of held) {
      for (const [name, most] of Object.entries(mostOf(now, limits))) {
        const count = now[name as keyof HeldNow];
        if (count > most) report(atMs, NO_CALL, `${count} ${name}, at most ${most}`);
      }
    }
  },
};

const NO_CALL = { callId: "" };
/** With the quarter of a second that the server may take to let go. */
const LIFETIME_MS = 32_250;
/** A CANCEL of one INVITE, and its answer, may come when there is no room for anything else. */
const CANCELS_PER_INVITE = 2;
const DIALOG_FLOWS_MAX = 100_000;
/** The segment of successes and that of failures, which are dropped when they are whole. */
const CASES_BEING_WRITTEN = 2 * (CASE_LIMITS.records / 16);

function mostOf(now: HeldNow, limits: Observed["limits"]): Partial<Record<keyof HeldNow, number>> {
  const running = now.servers + now.outlived;
  return {
    servers: CANCELS_PER_INVITE * limits.transactions,
    registrations: now.servers,
    awaited: now.clients,
    dialogFlows: DIALOG_FLOWS_MAX,
    cases: CASE_LIMITS.records + CASES_BEING_WRITTEN,
    // Each transaction and each running request has one, and so has each of the three who ask stores.
    deadlines: running + now.clients + running + 3,
  };
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** From when to when each transaction has a reason to be there, by the wire alone. */
function spansOf(
  life: number,
  { upstream, downstream }: Exchanges,
): { readonly servers: readonly Span[]; readonly clients: readonly Span[] } {
  const servers = upstream
    .filter((exchange) => exchange.life === life)
    .map(({ request, arrivals, responses }) => {
      const fromMs = arrivals[0]?.atMs ?? 0;
      const final = responses.find(({ message }) => message.statusCode >= 200);
      const isWithout = final !== undefined && isStateless(final.message);
      if (isWithout) return { fromMs, toMs: fromMs };
      const latestMs = request.method === "INVITE" ? Infinity : fromMs + LIFETIME_MS;
      return { fromMs, toMs: final === undefined ? latestMs : final.atMs + LIFETIME_MS };
    });
  const clients = downstream
    .filter((exchange) => exchange.life === life)
    .map(({ request, sendings, responses }) => {
      const fromMs = sendings[0]?.atMs ?? 0;
      const final = responses.find(({ message }) => message.statusCode >= 200);
      if (final !== undefined) return { fromMs, toMs: final.atMs + LIFETIME_MS };
      const isWaiting = request.method === "INVITE" && responses.length > 0;
      return { fromMs, toMs: isWaiting ? Infinity : fromMs + LIFETIME_MS };
    });
  return { servers, clients };
}

function openAt(spans: readonly Span[], atMs: number): number {
  return spans.filter(({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs + 1).length;
}

/**
 * The last 200 that each address was given before that life; undefined where a later REGISTER had no answer, or one
 * that leaves open what was written.
 */
function acknowledgedBefore(
  { startedAtMs }: Life,
  upstream: readonly UpstreamExchange[],
): ReadonlyMap<string, SipResponse | undefined> {
  const last = new Map<string, { readonly atMs: number; readonly told: SipResponse | undefined }>();
  for (const { request, arrivals, responses } of upstream) {
    const arrivedMs = arrivals[0]?.atMs ?? Infinity;
    if (request.method !== "REGISTER" || arrivedMs > startedAtMs) continue;
    const aor = aorTo(request);
    const final = responses.find(({ message }) => message.statusCode >= 200);
    const isOpen = final === undefined || final.message.statusCode >= 500;
    if (!isOpen && final.message.statusCode !== 200) continue;
    // An open one may be written at any time.
    const atMs = isOpen ? Infinity : final.atMs;
    const before = last.get(aor);
    if (before !== undefined && before.atMs > atMs) continue;
    last.set(aor, { atMs, told: isOpen ? undefined : final.message });
  }
  return new Map([...last].map(([aor, { told }]) => [aor, told]));
}

function aorTo(message: SipRequest | SipResponse): string {
  const { uri } = message.to;
  return uri.kind === "sip" ? (aorOf(uri) ?? "") : "";
}

function contactsIn(message: SipResponse): string[] {
  const contacts = message.nameAddrs(Header.Contact);
  if (isMalformed(contacts)) return [];
  return contacts
    .filter(({ parameters }) => Number(parameterOf(parameters, "expires") ?? 0) > 0)
    .map(({ uri }) => uri.text);
}

/** Our Record-Route values in what formed dialogs, each with its Call-ID. */
function routesGiven({ upstream }: Exchanges): ReadonlySet<string> {
  const given = new Set<string>();
  for (const { request, responses } of upstream) {
    if (request.method !== "INVITE") continue;
    for (const { message } of responses) {
      if (message.statusCode < 200 || message.statusCode > 299) continue;
      for (const route of message.values(Header.RecordRoute)) {
        if (isServer(route)) given.add(`${message.callId} ${route}`);
      }
    }
  }
  return given;
}
