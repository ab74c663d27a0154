import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf } from "../case-facts.ts";
import { ExampleCase, START_MS } from "../example-case.ts";
import { branchRinging } from "./branch-ringing.ts";

test("a phone rings from its first 180, whatever it says later", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(40)
    .got(1, 100, "Trying")
    .at(300)
    .got(1, 180, "Ringing")
    .at(900)
    .got(1, 183, "Session Progress")
    .pending();
  assert.deepEqual(branchRinging.find(factsOf([record], START_MS + 12_300)), {
    causeId: "branch-ringing",
    evidence: { target: "udp:192.0.2.33:5066", statusCode: 183, ringingForMs: 12_000 },
    branch: 1,
  });
});

test("100 is not ringing (RFC 3261 §21.1.1)", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(40)
    .got(1, 100, "Trying")
    .pending();
  assert.equal(branchRinging.find(factsOf([record], START_MS + 12_300)), undefined);
});

test("a phone that rang and was cancelled is waited for no longer", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(300)
    .got(1, 180, "Ringing")
    .at(900)
    .add("branch-cancelled", 1, "caller-cancelled")
    .pending();
  assert.equal(branchRinging.find(factsOf([record], START_MS + 1000)), undefined);
});
