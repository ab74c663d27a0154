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
