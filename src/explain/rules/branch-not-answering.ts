import { between } from "../format.ts";
import { defineRule, hopOf, openBranches } from "../rule.ts";

/** Pending, and a device that was sent the request has not said anything at all. */
export const branchNotAnswering = defineRule("branch-not-answering", (facts) => {
  if (!facts.isPending) return undefined;
  const branch = openBranches(facts).find(
    ({ sentCount, provisionals }) => sentCount > 0 && provisionals.length === 0,
  );
  if (branch === undefined) return undefined;
  const waitedMs = between(branch.startedAtMs, facts.untilMs);
  const evidence = { target: hopOf(branch), waitedMs, sentCount: branch.sentCount };
  return { evidence, branch: branch.number };
});
