import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf } from "../case-facts.ts";
import { ExampleCase, START_MS } from "../example-case.ts";
import { cancelUnanswered } from "./cancel-unanswered.ts";

test("a branch that was cancelled and has not ended is what we wait for (RFC 3261 §9.1)", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(40)
    .got(1, 180, "Ringing")
    .at(8000)
    .add("branch-cancelled", 1, "caller-cancelled")
    .pending();
  assert.deepEqual(cancelUnanswered.find(factsOf([record], START_MS + 10_000)), {
    causeId: "cancel-unanswered",
    evidence: { target: "udp:192.0.2.33:5066", waitedMs: 2000 },
    branch: 1,
  });
});

test("a branch that ended with 487 after the CANCEL did as it should", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(8000)
    .add("branch-cancelled", 1, "caller-cancelled")
    .at(8030)
    .got(1, 487, "Request Terminated")
    .pending();
  assert.equal(cancelUnanswered.find(factsOf([record], START_MS + 10_000)), undefined);
});
