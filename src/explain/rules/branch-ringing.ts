import { between } from "../format.ts";
import { defineRule, hopOf, openBranches } from "../rule.ts";

/** Pending, and a device has said more than 100: somebody may pick up. */
export const branchRinging = defineRule("branch-ringing", (facts) => {
  if (!facts.isPending) return undefined;
  for (const branch of openBranches(facts)) {
    const ringing = branch.provisionals.find(({ statusCode }) => statusCode > 100);
    if (ringing === undefined || branch.cancelledAtMs !== undefined) continue;
    const statusCode = branch.provisionals.at(-1)?.statusCode ?? ringing.statusCode;
    const ringingForMs = between(ringing.atMs, facts.untilMs);
    const evidence = { target: hopOf(branch), statusCode, ringingForMs };
    return { evidence, branch: branch.number };
  }
  return undefined;
});
