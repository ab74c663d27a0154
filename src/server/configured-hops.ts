import { isIPv6, SocketAddress } from "node:net";
import { assert } from "../base/assert.ts";
import type { GatewayConfig, RouteConfig } from "../config/index.ts";
import { parseUri, type SipUri } from "../message/index.ts";
import type { ConfiguredHops, TargetHop } from "../proxy/index.ts";
import { Gateway, nextHopOf, type ListedHop, type NumberRoute } from "../routing/index.ts";

/** The part of a checked configuration that says where requests go. */
export interface HopsConfig {
  readonly nextHops: Readonly<Record<string, readonly string[]>>;
  readonly gateways: readonly GatewayConfig[];
  readonly numbers: { readonly country: string | undefined };
  readonly routes: readonly RouteConfig[];
}

/** Gateways with their health, and what the proxy decides by: the same gateways. */
export interface GatewaysAndHops {
  readonly gateways: readonly Gateway[];
  readonly configured: ConfiguredHops;
}

/** Next hops, gateways and routes as the proxy and the probes work with them. The configuration was checked before. */
export function configuredHopsOf(config: HopsConfig): GatewaysAndHops {
  const gateways = config.gateways.map(gatewayOf);
  const byName = new Map(gateways.map((gateway) => [gateway.name, gateway]));
  const routes = config.routes.map((route) => routeOf(route, byName));
  const { country } = config.numbers;
  const nextHops = new Map<string, readonly TargetHop[]>();
  for (const [domain, uris] of Object.entries(config.nextHops)) {
    const hops = uris.map((text) => ({ gateway: "", uri: undefined, hop: hopOf(uriIn(text)) }));
    nextHops.set(domain, hops);
  }
  return {
    gateways,
    configured: {
      nextHops,
      dialPlan: routes.length > 0 || country !== undefined ? { country, routes } : undefined,
      trustedAddresses: new Set(gateways.flatMap(addressOfTrusted)),
    },
  };
}

function gatewayOf({ name, uri: text, probe, trusted }: GatewayConfig): Gateway {
  const uri = uriIn(text);
  return new Gateway({ name, uri, hop: hopOf(uri), isTrusted: trusted, probe });
}

function routeOf(
  { prefix, number, to }: RouteConfig,
  byName: ReadonlyMap<string, Gateway>,
): NumberRoute {
  const gateways = to.flatMap((name) => byName.get(name) ?? []);
  return { digits: number ?? prefix ?? "", isWhole: number !== undefined, gateways };
}

function uriIn(text: string): SipUri {
  const uri = parseUri(text);
  assert(uri?.kind === "sip", "the configuration was checked");
  return uri;
}

function hopOf(uri: SipUri): ListedHop {
  const hop = nextHopOf(uri);
  assert(hop.kind !== "unusable", "the configuration was checked");
  return hop.kind === "destination" ? hop.destination : hop.server;
}

function addressOfTrusted({ hop, isTrusted }: Gateway): readonly string[] {
  if (!isTrusted || !("address" in hop)) return [];
  const { address } = hop;
  // The kernel writes IPv6 in one way only; people have many.
  return [isIPv6(address) ? new SocketAddress({ address, family: "ipv6" }).address : address];
}
