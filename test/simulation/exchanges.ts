import type { SipRequest, SipResponse } from "../../src/message/index.ts";
import type { WireEntry } from "./wire.ts";

export type RequestEntry = WireEntry & { readonly message: SipRequest };
export type ResponseEntry = WireEntry & { readonly message: SipResponse };

/** One request that reached the server, with all its copies, and all that the server said to it. */
export interface UpstreamExchange {
  readonly request: SipRequest;
  readonly arrivals: RequestEntry[];
  readonly responses: ResponseEntry[];
  /** ACKs of a refusal, which share its branch. */
  readonly acks: RequestEntry[];
}

/** One request that the server sent on or made, with all its copies, and all that came back. */
export interface DownstreamExchange {
  readonly request: SipRequest;
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

export function exchangesIn(wire: readonly WireEntry[]): Exchanges {
  const upstream = new Map<string, UpstreamExchange>();
  const downstream = new Map<string, DownstreamExchange>();
  const relayedAcks: RequestEntry[] = [];
  for (const entry of wire) {
    if (isRequest(entry) && entry.side === "arrived at server") addArrival(entry, upstream);
    if (isRequest(entry) && entry.side === "sent by server") {
      addSending(entry, downstream, relayedAcks);
    }
    if (isResponse(entry) && entry.side === "sent by server") {
      upstream.get(responseKey(entry.message))?.responses.push(entry);
    }
    if (isResponse(entry) && entry.side === "arrived at server") {
      downstream.get(responseKey(entry.message))?.responses.push(entry);
    }
  }
  return {
    upstream: [...upstream.values()],
    downstream: [...downstream.values()],
    relayedAcks,
    upstreamOf: ({ request }) => {
      const second = viasOf(request)[1];
      return second === undefined ? undefined : upstream.get(`${second} ${request.method}`);
    },
  };
}

function addArrival(entry: RequestEntry, upstream: Map<string, UpstreamExchange>): void {
  const request = entry.message;
  if (request.method === "ACK") {
    upstream.get(`${viasOf(request)[0]} INVITE`)?.acks.push(entry);
    return;
  }
  const key = `${viasOf(request)[0]} ${request.method}`;
  const known = upstream.get(key);
  if (known === undefined) {
    upstream.set(key, { request, arrivals: [entry], responses: [], acks: [] });
  } else known.arrivals.push(entry);
}

function addSending(
  entry: RequestEntry,
  downstream: Map<string, DownstreamExchange>,
  relayedAcks: RequestEntry[],
): void {
  const request = entry.message;
  if (request.method === "ACK") {
    const invite = downstream.get(`${viasOf(request)[0]} INVITE`);
    if (invite === undefined) relayedAcks.push(entry);
    else invite.acks.push(entry);
    return;
  }
  const key = `${viasOf(request)[0]} ${request.method}`;
  const known = downstream.get(key);
  if (known === undefined) {
    downstream.set(key, { request, sendings: [entry], responses: [], acks: [] });
  } else known.sendings.push(entry);
}

function responseKey(response: SipResponse): string {
  return `${viasOf(response)[0]} ${response.cseq.method}`;
}

/** Branch and sent-by of each Via, topmost first: what §17.2.3 tells transactions apart by. */
export function viasOf(message: SipRequest | SipResponse): readonly string[] {
  const vias = message.vias();
  if ("kind" in vias) return [];
  return vias.map(({ branchId, host, port }) => `${branchId} ${host}:${port ?? 5060}`);
}

export function isRequest(entry: WireEntry): entry is RequestEntry {
  return entry.message.kind === "request";
}

export function isResponse(entry: WireEntry): entry is ResponseEntry {
  return entry.message.kind === "response";
}
