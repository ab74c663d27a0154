import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf } from "../case-facts.ts";
import { ExampleCase, START_MS } from "../example-case.ts";
import { branchNotAnswering } from "./branch-not-answering.ts";

test("sent three times and nothing came back (RFC 3261 §17.1.1.2)", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(500)
    .add("retransmitted", 1, "INVITE", 2)
    .at(1500)
    .add("retransmitted", 1, "INVITE", 3)
    .pending();
  assert.deepEqual(branchNotAnswering.find(factsOf([record], START_MS + 2000)), {
    causeId: "branch-not-answering",
    evidence: { target: "udp:192.0.2.33:5066", waitedMs: 2000, sentCount: 3 },
    branch: 1,
  });
});

test("a 100, however late, is an answer", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(500)
    .add("retransmitted", 1, "INVITE", 2)
    .at(700)
    .got(1, 100, "Trying")
    .pending();
  assert.equal(branchNotAnswering.find(factsOf([record], START_MS + 2000)), undefined);
});
