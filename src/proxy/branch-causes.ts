import { because, type Cause } from "../causes/index.ts";
import type { ClientBranch } from "./client-branch.ts";

/**
 * Why a branch that never gave a final response did not: nothing at all came, or 100 and nothing more, or it rang and
 * nobody answered. Three different faults, told apart by the last provisional.
 */
export function silentBranchCause(branch: ClientBranch, nowMs: number): Cause {
  const target = branch.target.uri.text;
  const waitedMs = Math.round(nowMs - branch.startedAtMs);
  if (branch.lastStatusCode === 0) return because("branch-timed-out", 408, { target, waitedMs });
  if (branch.lastStatusCode === 100) {
    const provisionalAfterMs = Math.round(branch.firstProvisionalAtMs - branch.startedAtMs);
    return because("branch-silent-after-100", 408, { target, provisionalAfterMs, waitedMs });
  }
  const lastStatusCode = branch.lastStatusCode;
  return because("branch-unanswered", 408, { target, lastStatusCode, waitedMs });
}

/** Why a branch failed whose client transaction ended without a response (RFC 3261 §16.9, §8.1.3.1). */
export function failedBranchCause(
  branch: ClientBranch,
  causeId: "branch-timed-out" | "next-hop-unreachable",
  detail: string,
  nowMs: number,
): Cause {
  if (causeId === "branch-timed-out") return silentBranchCause(branch, nowMs);
  return because("next-hop-unreachable", 500, { target: branch.target.uri.text, detail });
}

/** The name of the next hop leads to no destination. */
export function unresolvedCause(branch: ClientBranch, detail: string): Cause {
  return because("next-hop-unresolvable", 500, { target: branch.target.uri.text, detail });
}
