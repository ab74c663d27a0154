import { formatRoute, type Gateway, type LastProbe } from "../routing/index.ts";
import type { GatewayProbes } from "./gateway-probes.ts";
import type { Parts } from "./parts.ts";

/** What is known of one gateway now. */
export interface GatewayState {
  readonly gateway: Gateway;
  /** undefined: never probed, or not yet. */
  readonly last: LastProbe | undefined;
  /** The routes that lead to it, `+49…`. */
  readonly routes: readonly string[];
}

/** All gateways in the order of the configuration. */
export function gatewayStates(
  { gateways, proxyOptions }: Parts,
  { probes }: GatewayProbes,
): readonly GatewayState[] {
  const routes = proxyOptions.configured.dialPlan?.routes ?? [];
  return gateways.map((gateway) => ({
    gateway,
    last: probes.find((probe) => probe.gateway === gateway)?.last,
    routes: routes.filter((route) => route.gateways.includes(gateway)).map(formatRoute),
  }));
}
