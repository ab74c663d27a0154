import { defineRule, relayed } from "../rule.ts";

/** Any other refusal that came from beyond and was passed on. */
export const relayedRefusal = defineRule("relayed-refusal", (facts) => relayed(facts, undefined));
