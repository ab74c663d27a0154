import { between } from "../format.ts";
import { defineRule, hopOf, openBranches } from "../rule.ts";

/** Pending, and a branch that was cancelled has not ended (RFC 3261 §9.1). */
export const cancelUnanswered = defineRule("cancel-unanswered", (facts) => {
  if (!facts.isPending) return undefined;
  for (const branch of openBranches(facts)) {
    if (branch.cancelledAtMs === undefined) continue;
    const waitedMs = between(branch.cancelledAtMs, facts.untilMs);
    return { evidence: { target: hopOf(branch), waitedMs }, branch: branch.number };
  }
  return undefined;
});
