import { between } from "../format.ts";
import { defineRule, hopOf, openBranches } from "../rule.ts";

/** Pending, and all that a device ever said is 100 Trying. */
export const branchSilentAfter100 = defineRule("branch-silent-after-100", (facts) => {
  if (!facts.isPending) return undefined;
  for (const branch of openBranches(facts)) {
    const [first] = branch.provisionals;
    if (first === undefined || branch.cancelledAtMs !== undefined) continue;
    if (branch.provisionals.some(({ statusCode }) => statusCode > 100)) continue;
    const evidence = {
      target: hopOf(branch),
      provisionalAfterMs: between(branch.startedAtMs, first.atMs),
      waitedMs: between(branch.startedAtMs, facts.untilMs),
    };
    return { evidence, branch: branch.number };
  }
  return undefined;
});
