import { defineRule, hopOf } from "../rule.ts";

/** A branch failed in the network, and no answer of another one tells more. */
export const nextHopUnreachable = defineRule("next-hop-unreachable", ({ branches, final }) => {
  if (final !== undefined && final.statusCode < 300) return undefined;
  const branch = branches.find(({ failedCauseId }) => failedCauseId === "next-hop-unreachable");
  if (branch === undefined || branches.some(({ statusCode }) => statusCode > 0)) return undefined;
  const { failedDetail: detail, number } = branch;
  return { evidence: { target: hopOf(branch), detail }, branch: number };
});
