import type { Endpoint, TransportName } from "../base/endpoint.ts";
import { because, type Cause } from "../causes/index.ts";
import { parameterOf, type SipUri, type Uri } from "../message/index.ts";

/** Where a URI leads: to a place, to a question for the resolver, or nowhere. */
export type NextHop =
  | { readonly kind: "destination"; readonly destination: Endpoint }
  | { readonly kind: "ask"; readonly question: ResolveQuestion }
  | { readonly kind: "unusable"; readonly cause: Cause };

/** A name to be looked up: with a port A/AAAA only, without one SRV first (RFC 3263 §4.2). */
export interface ResolveQuestion {
  readonly name: string;
  readonly port: number | undefined;
  readonly transport: TransportName;
}

const DEFAULT_PORT = 5060;

/**
 * Where to send a request for that URI (RFC 3263 §4): a numeric host needs no look-up, and without a transport
 * parameter it means UDP (§4.1). The whole machine with NAPTR and failover comes to this place later.
 */
export function nextHopOf(uri: Uri): NextHop {
  if (uri.kind !== "sip") {
    const scheme = uri.kind === "tel" ? "tel" : uri.scheme;
    return { kind: "unusable", cause: because("uri-scheme-unsupported", 416, { scheme }) };
  }
  if (uri.scheme === "sips") {
    return {
      kind: "unusable",
      cause: because("sips-not-available", 480, { requestUri: uri.text }),
    };
  }
  const transport = transportOf(uri);
  if (transport === undefined) {
    const detail = `transport ${parameterOf(uri.parameters, "transport") ?? ""} is not spoken here`;
    return {
      kind: "unusable",
      cause: because("next-hop-unreachable", 500, { target: uri.text, detail }),
    };
  }
  // maddr overrides the host (RFC 3261 §19.1.1).
  const host = parameterOf(uri.parameters, "maddr") ?? uri.host;
  const address = numericAddress(host);
  if (address === undefined) {
    return { kind: "ask", question: { name: host.toLowerCase(), port: uri.port, transport } };
  }
  return {
    kind: "destination",
    destination: { transport, address, port: uri.port ?? DEFAULT_PORT },
  };
}

/** The address inside a host that is one, IPv6 without brackets; undefined for a name. */
export function numericAddress(host: string): string | undefined {
  if (host.startsWith("[")) return host.slice(1, -1).toLowerCase();
  return isIpv4(host) ? host : undefined;
}

function transportOf(uri: SipUri): TransportName | undefined {
  const named = parameterOf(uri.parameters, "transport");
  if (named === undefined) return "udp";
  const lower = named.toLowerCase();
  return lower === "udp" || lower === "tcp" ? lower : undefined;
}

const DOT = 46;
const ZERO = 48;
const NINE = 57;

/** Digits and three dots: what cannot be a domain name, whose last label starts with a letter (RFC 3261 §25.1). */
function isIpv4(host: string): boolean {
  let dots = 0;
  for (let at = 0; at < host.length; at += 1) {
    const char = host.charCodeAt(at);
    if (char === DOT) dots += 1;
    else if (char < ZERO || char > NINE) return false;
  }
  return dots === 3;
}
