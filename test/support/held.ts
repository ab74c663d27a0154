import assert from "node:assert/strict";
import type { SipServer } from "../../src/server/index.ts";

/** Of everything that must come to an end nothing is left in the server. */
export function assertNothingHeld(server: SipServer): void {
  const { dialogFlows: _, ...held } = server.held();
  for (const [what, count] of Object.entries(held)) assert.equal(count, 0, `${what}: ${count}`);
}
