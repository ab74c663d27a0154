import { between } from "../format.ts";
import { defineRule } from "../rule.ts";

/** Pending, and a question of ours to a store or to DNS has no answer yet. */
export const answerAwaited = defineRule("answer-awaited", ({ isPending, awaited, untilMs }) => {
  if (!isPending || awaited === undefined) return undefined;
  const { question, subject, sinceMs } = awaited;
  return { evidence: { question, subject, waitedMs: between(sinceMs, untilMs) } };
});
