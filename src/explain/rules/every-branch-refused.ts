import { defineRule } from "../rule.ts";

/** Two or more branches, none of which answered with a success; 6xx speaks for all by itself. */
export const everyBranchRefused = defineRule("every-branch-refused", ({ final, branches }) => {
  if (final === undefined || final.statusCode < 300 || final.statusCode >= 600) return undefined;
  if (final.origin !== "relayed" || branches.length < 2) return undefined;
  if (!branches.every(({ endedAtMs }) => endedAtMs !== undefined)) return undefined;
  // One device tried at several addresses, or one number at several gateways, is one refusal, not several.
  const forked = branches.filter(({ insteadOf }) => insteadOf === 0);
  if (new Set(forked.map(({ target }) => target)).size < 2) return undefined;
  const evidence = { branches: branches.length, chosen: final.statusCode };
  return { evidence, branch: final.branch };
});
