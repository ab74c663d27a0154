import { formatHost, parseUri, type Uri } from "../message/index.ts";
import { nextHopOf } from "../routing/index.ts";
import { locate, systemRandom, type Resolver } from "../server/index.ts";
import type { Destination, TransportName } from "../transport/index.ts";

/** What somebody typed that cannot be called; told with exit code 2. */
export class UsageProblem extends Error {
  override readonly name = "UsageProblem";
}

export interface CallTarget {
  /** The Request-URI, with its scheme. */
  readonly uri: string;
  readonly destination: Destination;
}

/**
 * Where a call goes: to `via` if given, else to where the URI leads (RFC 3263 §4). `transport` overrides what the
 * URIs say.
 *
 * @throws UsageProblem when there is nothing to call, ServerError when its name leads nowhere
 */
export async function callTargetOf(
  typed: string,
  via: string | undefined,
  transport: TransportName | undefined,
  resolver: Resolver,
): Promise<CallTarget> {
  const uri = uriOf(typed);
  const hop = via === undefined ? uri : viaUri(via);
  const nextHop = nextHopOf(hop);
  if (nextHop.kind === "unusable") {
    const { detail, scheme } = nextHop.cause.evidence;
    throw new UsageProblem(
      scheme === undefined
        ? `${hop.text} leads nowhere: ${detail ?? nextHop.cause.id}`
        : `a ${scheme}: URI says nothing about where to send it: add --via HOST:PORT`,
    );
  }
  if (nextHop.kind === "destination") {
    const { destination } = nextHop;
    return {
      uri: uri.text,
      destination: { ...destination, transport: transport ?? destination.transport },
    };
  }
  const { server } = nextHop;
  const wanted = { ...server, transport: transport ?? server.transport };
  return { uri: uri.text, destination: await locate(wanted, resolver, systemRandom()) };
}

/** Where UDP and TCP lead by URI: `sip:192.0.2.1:5060;transport=tcp`. */
export function uriOfDestination({ transport, address, port }: Destination): string {
  return `sip:${formatHost(address)}:${port}${transport === "udp" ? "" : `;transport=${transport}`}`;
}

/** A URI as people type it: `sip:` may be left out. */
function uriOf(typed: string): Uri {
  const hasScheme = /^(?:sips?|tel):/i.test(typed);
  const uri = parseUri(hasScheme ? typed : `sip:${typed}`);
  if (uri === undefined || uri.kind === "other") {
    throw new UsageProblem(`"${typed}" is not a SIP URI: sip:user@host is expected`);
  }
  return uri;
}

/** `HOST`, `HOST:PORT`, `[IPv6]:PORT`, `udp:HOST:PORT`, or a SIP URI. */
function viaUri(via: string): Uri {
  const named = /^(udp|tcp):(.*)$/i.exec(via);
  const text = /^sips?:/i.test(via)
    ? via
    : named === null
      ? `sip:${via}`
      : `sip:${named[2]};transport=${named[1]?.toLowerCase()}`;
  const uri = parseUri(text);
  if (uri?.kind !== "sip") {
    throw new UsageProblem(`--via ${via}: HOST:PORT is expected, an IPv6 address in brackets`);
  }
  return uri;
}
