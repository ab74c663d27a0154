import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf } from "../case-facts.ts";
import { ExampleCase, START_MS } from "../example-case.ts";
import { nextHopUnreachable } from "./next-hop-unreachable.ts";

test("the only branch failed in the network", () => {
  const record = new ExampleCase({ statusCode: 500 })
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(2)
    .add("branch-failed", 1, "next-hop-unreachable", "connection refused")
    .ended();
  assert.deepEqual(nextHopUnreachable.find(factsOf([record], START_MS + 5)), {
    causeId: "next-hop-unreachable",
    evidence: { target: "udp:192.0.2.33:5066", detail: "connection refused" },
    branch: 1,
  });
});

test("where another device answered, the network is not the reason", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .branch(2, "sip:bob@192.0.2.34", "udp:192.0.2.34:5060")
    .at(2)
    .add("branch-failed", 1, "next-hop-unreachable", "connection refused")
    .at(40)
    .got(2, 486, "Busy Here")
    .relayed(2, 486, "Busy Here")
    .ended();
  assert.equal(nextHopUnreachable.find(factsOf([record], START_MS + 50)), undefined);
});
