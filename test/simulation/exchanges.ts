import { Header, parseVia, type SipRequest, type SipResponse } from "../../src/message/index.ts";
import type { UnreadableEntry, WireEntry } from "./wire.ts";

export type RequestEntry = WireEntry & { readonly message: SipRequest };
export type ResponseEntry = WireEntry & { readonly message: SipResponse };

/** One request that reached a server, with all its copies, and all that the server said to it. */
export interface UpstreamExchange {
  readonly request: SipRequest;
  readonly life: number;
  readonly arrivals: RequestEntry[];
  readonly responses: ResponseEntry[];
  /** ACKs of a refusal, which share its branch. */
  readonly acks: RequestEntry[];
}

/** One request that a server sent on or made, with all its copies, and all that came back. */
export interface DownstreamExchange {
  readonly request: SipRequest;
  readonly life: number;
  readonly sendings: RequestEntry[];
  readonly responses: ResponseEntry[];
  /** Sent with the branch of this INVITE. */
  readonly acks: RequestEntry[];
}

/** What was on the wire, sorted into exchanges by the rules of RFC 3261 §17.1.3 and §17.2.3. */
export interface Exchanges {
  readonly upstream: readonly UpstreamExchange[];
  readonly downstream: readonly DownstreamExchange[];
  /** ACKs of 2xx that the server sent on, each with a branch of its own. */
  readonly relayedAcks: readonly RequestEntry[];
  /** The request from upstream that this one was made from. */
  upstreamOf(exchange: Pick<DownstreamExchange, "request">): UpstreamExchange | undefined;
}

export function exchangesIn({
  wire,
  unreadable,
}: {
  readonly wire: readonly WireEntry[];
  readonly unreadable: readonly UnreadableEntry[];
}): Exchanges {
  const answered = new Set(
    unreadable
      .filter(({ side, text }) => side === "arrived at server" && !text.startsWith("SIP/2.0 "))
      .map(({ atMs, from }) => `${atMs} ${hostOf(from)}`),
  );
  const upstream: UpstreamExchange[] = [];
  /** The latest of each key: a branch that comes again when its transaction is over starts another. */
  const latest = new Map<string, UpstreamExchange>();
  const saidByOthers = new Set<string>();
  const downstream = new Map<string, DownstreamExchange>();
  const origins = new Map<SipRequest, UpstreamExchange>();
  const relayedAcks: RequestEntry[] = [];
  for (const entry of wire) {
    if (isRequest(entry) && entry.side === "arrived at server") {
      addArrival(entry, upstream, latest);
    }
    if (isRequest(entry) && entry.side === "sent by server") {
      addSending(entry, downstream, relayedAcks);
      const second = viasOf(entry.message)[1];
      const from = latest.get(`${entry.life} ${second} ${entry.message.method}`);
      if (from !== undefined && !origins.has(entry.message)) origins.set(entry.message, from);
    }
    // What cannot be read is answered on the spot, and may be a damaged copy of what could.
    const isToUnreadable =
      isResponse(entry) &&
      entry.message.statusCode >= 400 &&
      ![401, 407].includes(entry.message.statusCode) &&
      !saidByOthers.has(`${entry.atMs} ${entry.message.statusCode}`) &&
      answered.has(`${entry.atMs} ${hostOf(entry.to)}`);
    if (isResponse(entry) && entry.side === "sent by server" && !isToUnreadable) {
      latest.get(responseKey(entry))?.responses.push(entry);
    }
    if (isResponse(entry) && entry.side === "arrived at server") {
      saidByOthers.add(`${entry.atMs} ${entry.message.statusCode}`);
      downstream.get(responseKey(entry))?.responses.push(entry);
    }
  }
  return {
    upstream,
    downstream: [...downstream.values()],
    relayedAcks,
    upstreamOf: ({ request }) => origins.get(request),
  };
}

/**
 * Whether the server transaction has ended, so that the same request is a new one: Timer J, Timer L and Timer I
 * (RFC 3261 §17.2, RFC 6026 §7.1), and at once where there was none (RFC 3261 §8.2.7).
 */
export function isOverAt(
  { request, arrivals, responses, acks }: UpstreamExchange,
  atMs: number,
): boolean {
  const final = responses.find(({ message }) => message.statusCode >= 200);
  if (final === undefined) {
    // RFC 4320 §4.2: nothing more will be said.
    return request.method !== "INVITE" && atMs >= (arrivals[0]?.atMs ?? 0) + LIFETIME_MS;
  }
  if (isStateless(final.message) || atMs >= final.atMs + LIFETIME_MS) return true;
  const ack = acks[0];
  const isRefused = request.method === "INVITE" && final.message.statusCode >= 300;
  return isRefused && ack !== undefined && atMs >= ack.atMs + T4_MS;
}

const LIFETIME_MS = 32_000;
const T4_MS = 5_000;

/** Ours, and given without a transaction. */
export function isStateless(response: SipResponse): boolean {
  return response.statusCode === 503 && response.headerByName("Retry-After") === "5";
}

function addArrival(
  entry: RequestEntry,
  upstream: UpstreamExchange[],
  latest: Map<string, UpstreamExchange>,
): void {
  const { message: request, life } = entry;
  if (request.method === "ACK") {
    latest.get(`${life} ${viasOf(request)[0]} INVITE`)?.acks.push(entry);
    return;
  }
  const key = `${life} ${viasOf(request)[0]} ${request.method}`;
  const known = latest.get(key);
  if (known === undefined || isOverAt(known, entry.atMs)) {
    const exchange = { request, life, arrivals: [entry], responses: [], acks: [] };
    upstream.push(exchange);
    latest.set(key, exchange);
  } else known.arrivals.push(entry);
}

function addSending(
  entry: RequestEntry,
  downstream: Map<string, DownstreamExchange>,
  relayedAcks: RequestEntry[],
): void {
  const { message: request, life } = entry;
  if (request.method === "ACK") {
    const invite = downstream.get(`${life} ${viasOf(request)[0]} INVITE`);
    if (invite === undefined) relayedAcks.push(entry);
    else invite.acks.push(entry);
    return;
  }
  const key = `${life} ${viasOf(request)[0]} ${request.method}`;
  const known = downstream.get(key);
  if (known === undefined) {
    downstream.set(key, { request, life, sendings: [entry], responses: [], acks: [] });
  } else known.sendings.push(entry);
}

/** Without its port. */
export function hostOf(endpoint: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(":"));
}

function responseKey({ life, message }: ResponseEntry): string {
  return `${life} ${viasOf(message)[0]} ${message.cseq.method}`;
}

/** Branch and sent-by of each Via, topmost first: what §17.2.3 tells transactions apart by. */
export function viasOf(message: SipRequest | SipResponse): readonly string[] {
  let vias = knownVias.get(message);
  if (vias === undefined) knownVias.set(message, (vias = readVias(message)));
  return vias;
}

/** Each message is asked many times. */
const knownVias = new WeakMap<SipRequest | SipResponse, readonly string[]>();

function readVias(message: SipRequest | SipResponse): readonly string[] {
  const all = message.vias();
  // One by one where a lower one cannot be read: the others still say whose the message is.
  const vias = "kind" in all ? message.values(Header.Via).map(parseVia) : all;
  return vias.map((via) => `${via?.branchId} ${via?.host}:${via?.port ?? 5060}`);
}

export function isRequest(entry: WireEntry): entry is RequestEntry {
  return entry.message.kind === "request";
}

export function isResponse(entry: WireEntry): entry is ResponseEntry {
  return entry.message.kind === "response";
}
