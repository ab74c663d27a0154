import { defineRule, relayed } from "../rule.ts";

/** A device that is registered says that its user is not available (RFC 3261 §21.4.18). */
export const relayedUnavailable = defineRule("relayed-unavailable", (facts) =>
  relayed(facts, [480]),
);
