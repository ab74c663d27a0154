import type { Uri } from "../message/index.ts";
import {
  formatRoute,
  inOrderToTry,
  nextHopOf,
  type DialPlan,
  type ListedHop,
  type NextHop,
  type NumberRoute,
} from "../routing/index.ts";
import type { Trace } from "../trace/index.ts";
import type { Routing } from "./route-preprocessing.ts";
import { nextHopUriOf, type Target, type TargetHop } from "./target-set.ts";

/** Where requests go because the operator says so. */
export interface ConfiguredHops {
  /** Domains of others, lower case, and where requests for them are sent, in the order to try. */
  readonly nextHops: ReadonlyMap<string, readonly TargetHop[]>;
  /** undefined: numbers are users like others. */
  readonly dialPlan: DialPlan | undefined;
  /** Addresses of gateways whose word is taken. */
  readonly trustedAddresses: ReadonlySet<string>;
}

/** Requests go where their URIs lead. */
export const NOTHING_CONFIGURED: ConfiguredHops = {
  nextHops: new Map(),
  dialPlan: undefined,
  trustedAddresses: new Set(),
};

/** Where a branch starts: at a place, through hops to be tried in turn, or nowhere. */
export type BranchStart =
  | Exclude<NextHop, { readonly kind: "locate" }>
  | { readonly kind: "list"; readonly hops: readonly ListedHop[] };

/**
 * A Route that remains, or a Path, says where the request goes next (RFC 3261 §16.6 step 7); without one the
 * configuration does, and without that the URI itself ("the proxy MAY have a local policy", §16.6 step 6).
 *
 * Hot path: once a branch.
 */
export function branchStartOf(target: Target, routing: Routing): BranchStart {
  if (target.hops !== undefined && routing.firstRoute === undefined) {
    return { kind: "list", hops: target.hops.map(({ hop }) => hop) };
  }
  const next = nextHopOf(nextHopUriOf(target, routing));
  return next.kind === "locate" ? { kind: "list", hops: [next.server] } : next;
}

/** The target as that hop wants it: a gateway has the number at its own address. */
export function targetAt(target: Target, hop: number): Target {
  const uri = target.hops?.[hop]?.uri;
  return uri === undefined || uri === target.uri ? target : { ...target, uri };
}

/** The static next hop of a domain that is not ours; undefined where its own name leads the way. */
export function nextHopsFor(uri: Uri, { nextHops }: ConfiguredHops): Target["hops"] {
  if (nextHops.size === 0 || uri.kind !== "sip") return undefined;
  const host = uri.host.toLowerCase();
  return nextHops.get(host.endsWith(".") ? host.slice(0, -1) : host);
}

/** A number as a target: at the first of its route's gateways, and at the others when that fails. */
export function gatewayTarget(
  number: string,
  route: NumberRoute,
  trace: Trace,
  nowMs: number,
): Target | undefined {
  const { order, passedOver } = inOrderToTry(route.gateways);
  const names = route.gateways.map(({ name }) => name).join(", ");
  trace.add("route-chosen", nowMs, number, formatRoute(route), names);
  for (const { name, health } of passedOver) {
    trace.add("gateway-skipped", nowMs, name, health.result, Math.round(nowMs - health.sinceMs));
  }
  const hops: TargetHop[] = [];
  for (const gateway of order) {
    const uri = gateway.requestUriFor(number);
    if (uri !== undefined) hops.push({ gateway: gateway.name, uri, hop: gateway.hop });
  }
  const uri = hops[0]?.uri;
  return uri === undefined ? undefined : { uri, path: [], qMilli: 1000, source: "", hops };
}
