import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf } from "../case-facts.ts";
import { ExampleCase, START_MS } from "../example-case.ts";
import { everyBranchRefused } from "./every-branch-refused.ts";

function fork(second: (example: ExampleCase) => ExampleCase): ExampleCase {
  const example = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .branch(2, "sip:bob@192.0.2.34", "udp:192.0.2.34:5060")
    .at(40)
    .got(1, 486, "Busy Here")
    .at(90);
  return second(example);
}

test("two devices that each refused, and the best of their answers (RFC 3261 §16.7)", () => {
  const record = fork((example) => example.got(2, 480, "Temporarily Unavailable"))
    .relayed(1, 486, "Busy Here")
    .ended();
  assert.deepEqual(everyBranchRefused.find(factsOf([record], START_MS + 100)), {
    causeId: "every-branch-refused",
    evidence: { branches: 2, chosen: 486 },
    branch: 1,
  });
});

test("one of two answered: nobody refused the call", () => {
  const record = fork((example) => example.got(2, 200, "OK"))
    .relayed(2, 200, "OK")
    .ended();
  assert.equal(everyBranchRefused.find(factsOf([record], START_MS + 100)), undefined);
});

test("a 6xx speaks for all branches by itself (RFC 3261 §16.7 step 5)", () => {
  const record = fork((example) => example.got(2, 603, "Decline"))
    .relayed(2, 603, "Decline")
    .ended();
  assert.equal(everyBranchRefused.find(factsOf([record], START_MS + 100)), undefined);
});

test("one device tried at two addresses is one refusal", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@pbx.example.org", "udp:192.0.2.33:5060")
    .at(5)
    .add("branch-failed", 1, "next-hop-unreachable", "connection refused")
    .branch(2, "sip:bob@pbx.example.org", "udp:192.0.2.34:5060")
    .at(40)
    .got(2, 486, "Busy Here")
    .relayed(2, 486, "Busy Here")
    .ended();
  assert.equal(everyBranchRefused.find(factsOf([record], START_MS + 100)), undefined);
});
