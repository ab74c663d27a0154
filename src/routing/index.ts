export {
  AVOID_DEAD_MS_DEFAULT,
  AvoidedDestinations,
  type Avoided,
  type AvoidReason,
} from "./avoided-destinations.ts";
export {
  DestinationList,
  DESTINATIONS_MAX,
  type DestinationListOptions,
  type ListedHop,
} from "./destination-list.ts";
export { formatRoute, routeFor, type DialPlan, type NumberRoute } from "./dial-plan.ts";
export { formatRecord } from "./format-record.ts";
export {
  Gateway,
  inOrderToTry,
  type GatewayHealth,
  type ProbeResult,
  type ProbeSettings,
} from "./gateway.ts";
export { GatewayProbe, isAnswer, type LastProbe } from "./gateway-probe.ts";
export { nextHopOf, type NextHop } from "./next-hop.ts";
export { numericAddress } from "./numeric-address.ts";
export { readNumber } from "./phone-number.ts";
export { sentByHop } from "./sent-by.ts";
export type { LocationStep } from "./server-location.ts";
export { formatServerName, type ServerName } from "./server-name.ts";
