export { nextHopOf, numericAddress, type NextHop, type ResolveQuestion } from "./next-hop.ts";
