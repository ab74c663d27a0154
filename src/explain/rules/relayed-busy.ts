import { defineRule, relayed } from "../rule.ts";

/** A device said that it is busy (RFC 3261 §21.4.24, §21.6.1). */
export const relayedBusy = defineRule("relayed-busy", (facts) => relayed(facts, [486, 600]));
