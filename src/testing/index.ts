export {
  PERFECT,
  SimulatedNetwork,
  type ArrivingCopy,
  type Carried,
  type NetworkFaults,
} from "./simulated-network.ts";
export { VirtualTime } from "./virtual-time.ts";
export { NameZone, zoneRecord, type ZoneEntry } from "./name-zone.ts";
