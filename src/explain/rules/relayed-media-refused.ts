import { defineRule, relayed } from "../rule.ts";

/** The far side cannot use the media that was offered (RFC 3261 §21.4.26, §21.6.4). */
export const relayedMediaRefused = defineRule("relayed-media-refused", (facts) =>
  relayed(facts, [488, 606, 415]),
);
