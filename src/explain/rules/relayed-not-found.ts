import { defineRule, relayed } from "../rule.ts";

/** The far side says that there is no such user, though ours says that there is. */
export const relayedNotFound = defineRule("relayed-not-found", (facts) =>
  relayed(facts, [404, 410, 604]),
);
