import { defineRule, relayed } from "../rule.ts";

/** A device, or somebody on its behalf, declined (RFC 3261 §21.6.2, RFC 8197, RFC 8688). */
export const relayedDeclined = defineRule("relayed-declined", (facts) =>
  relayed(facts, [603, 607, 608]),
);
