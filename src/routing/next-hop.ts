import type { Endpoint, TransportName } from "../base/endpoint.ts";
import { because, type Cause } from "../causes/index.ts";
import { parameterOf, type SipUri, type Uri } from "../message/index.ts";
import { numericAddress } from "./numeric-address.ts";
import type { ServerName } from "./server-name.ts";

/** Where a URI leads: to a place, to a name whose servers must be located, or nowhere. */
export type NextHop =
  | { readonly kind: "destination"; readonly destination: Endpoint }
  | { readonly kind: "locate"; readonly server: ServerName }
  | { readonly kind: "unusable"; readonly cause: Cause };

/** Of UDP and TCP alike (RFC 3261 §19.1.2). */
export const DEFAULT_SIP_PORT = 5060;

/**
 * Where to send a request for that URI (RFC 3263 §4): a numeric host needs no look-up, and without a transport
 * parameter it means UDP (§4.1); a name is located with the DNS.
 *
 * Hot path: once a branch, and once for each binding.
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
  if (transport === "unspoken") {
    const detail = `transport ${parameterOf(uri.parameters, "transport") ?? ""} is not spoken here`;
    return {
      kind: "unusable",
      cause: because("next-hop-unreachable", 500, { target: uri.text, detail }),
    };
  }
  // TARGET "as the value of the maddr parameter of the URI, if present" (RFC 3263 §4, RFC 3261 §19.1.1).
  const host = parameterOf(uri.parameters, "maddr") ?? uri.host;
  const address = numericAddress(host);
  if (address === undefined) {
    return { kind: "locate", server: { name: canonicalName(host), port: uri.port, transport } };
  }
  return {
    kind: "destination",
    destination: { transport: transport ?? "udp", address, port: uri.port ?? DEFAULT_SIP_PORT },
  };
}

/** As questions and caches write it: in lower case, without the dot of the root. */
export function canonicalName(host: string): string {
  const lower = host.toLowerCase();
  return lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

/** `undefined` where the URI leaves it open. */
function transportOf(uri: SipUri): TransportName | "unspoken" | undefined {
  const named = parameterOf(uri.parameters, "transport");
  if (named === undefined) return undefined;
  const lower = named.toLowerCase();
  return lower === "udp" || lower === "tcp" ? lower : "unspoken";
}
