import type { CauseId } from "../causes/index.ts";
import type { ClientBranch } from "../proxy/index.ts";

/**
 * Which cause a final response of 300 or above has that a branch gave and we passed on. A 487 that nobody asked for is
 * a refusal like any other.
 */
export function relayedCauseId(
  statusCode: number,
  branches: readonly ClientBranch[],
  wasCancelled: boolean,
): CauseId {
  if (statusCode === 487 && wasCancelled) return "caller-cancelled";
  if (statusCode < 600 && hasForked(branches)) return "every-branch-refused";
  switch (statusCode) {
    case 486:
    case 600:
      return "relayed-busy";
    case 603:
      return "relayed-declined";
    case 404:
    case 604:
      return "relayed-not-found";
    case 480:
      return "relayed-unavailable";
    case 488:
    case 606:
      return "relayed-media-refused";
    default:
      return "relayed-refusal";
  }
}

/** Several branches may be one target, each at another of its addresses or gateways (RFC 3263 §4.3). */
function hasForked(branches: readonly ClientBranch[]): boolean {
  const first = branches[0]?.target;
  for (const { target } of branches) {
    if (target !== first && (target.hops === undefined || target.hops !== first?.hops)) return true;
  }
  return false;
}
