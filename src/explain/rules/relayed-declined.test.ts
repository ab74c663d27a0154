import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf } from "../case-facts.ts";
import { ExampleCase, START_MS } from "../example-case.ts";
import { relayedDeclined } from "./relayed-declined.ts";

test("a 603 that a device gave is a decline (RFC 3261 §21.6.2)", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(40)
    .got(1, 603, "Decline")
    .relayed(1, 603, "Decline")
    .ended();
  assert.deepEqual(relayedDeclined.find(factsOf([record], START_MS + 40)), {
    causeId: "relayed-declined",
    evidence: { target: "udp:192.0.2.33:5066", statusCode: 603 },
    branch: 1,
  });
});

test("a 600 is busy everywhere, not a decline (RFC 3261 §21.6.1)", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(40)
    .got(1, 600, "Busy Everywhere")
    .relayed(1, 600, "Busy Everywhere")
    .ended();
  assert.equal(relayedDeclined.find(factsOf([record], START_MS + 40)), undefined);
});
