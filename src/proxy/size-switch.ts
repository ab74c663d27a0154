import { formatEndpoint } from "../base/endpoint.ts";
import type { Trace } from "../trace/index.ts";
import type { ClientBranch } from "./client-branch.ts";
import type { ProxyOptions } from "./options.ts";

/** The path MTU is unknown to us: what is larger must not go by UDP (RFC 3261 §18.1.1). */
export const UDP_REQUEST_BYTES_MAX = 1_300;

/** So long a connection that only the size asks for may take; then UDP it is (RFC 3261 §18.1.1). */
export const SWITCH_CONNECT_MS = 2_000;

const SECTION = "RFC 3261 §18.1.1";

/**
 * Moves a branch whose request is `sizeBytes` long from UDP to TCP at the same address and port, where it must.
 *
 * Deviation: RFC 3261 §18.1.1 makes no exception; a binding is called over the transport it registered with, whatever
 * the size, and so is its device by its own address inside a dialog: behind a NAT it is reachable no other way. A
 * destination where TCP was found dead a moment ago gets its request by UDP at once, as it would two seconds later.
 *
 * @returns whether it goes by TCP now, and its text must be built anew
 */
export function leaveUdp(
  branch: ClientBranch,
  sizeBytes: number,
  { avoided }: ProxyOptions,
  trace: Trace,
  nowMs: number,
): boolean {
  const { destination, target, number } = branch;
  if (destination?.transport !== "udp" || sizeBytes <= UDP_REQUEST_BYTES_MAX) return false;
  if (target.source !== "" || branch.isBackOnUdp) return false;
  const { address, port } = destination;
  const overTcp = { transport: "tcp", address, port } as const;
  const dead = avoided.find(overTcp, nowMs);
  if (dead !== undefined) {
    const forMs = Math.round(dead.untilMs - nowMs);
    trace.add("destination-skipped", nowMs, number, dead.destination, "avoided", forMs);
    return false;
  }
  branch.switchedFrom = destination;
  branch.destination = overTcp;
  const from = formatEndpoint("udp", address, port);
  const to = formatEndpoint("tcp", address, port);
  trace.add("transport-switched", nowMs, number, from, to, sizeBytes, SECTION);
  return true;
}

/** Makes `branch` the second try, by UDP, of one that found no connection (RFC 3261 §18.1.1). */
export function returnToUdp(
  branch: ClientBranch,
  failed: ClientBranch,
  { avoided }: ProxyOptions,
  trace: Trace,
  nowMs: number,
): void {
  const { destination, switchedFrom } = failed;
  branch.destinations = failed.destinations;
  branch.failedBefore = failed.failedBefore;
  branch.isBackOnUdp = true;
  if (destination === undefined || switchedFrom === undefined) return;
  const { address, port } = destination;
  const overTcp = formatEndpoint("tcp", address, port);
  const forMs = Math.round(avoided.avoid(destination, "unreachable", nowMs) - nowMs);
  trace.add("destination-avoided", nowMs, failed.number, overTcp, "unreachable", forMs);
  const overUdp = formatEndpoint("udp", address, port);
  trace.add("transport-switched", nowMs, branch.number, overTcp, overUdp, 0, SECTION);
}
