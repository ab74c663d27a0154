import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf } from "../case-facts.ts";
import { ExampleCase, START_MS } from "../example-case.ts";
import { relayedUnavailable } from "./relayed-unavailable.ts";

test("a 480 that a registered device gave is its own state", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(40)
    .got(1, 480, "Temporarily Unavailable")
    .relayed(1, 480, "Temporarily Unavailable")
    .ended();
  assert.deepEqual(relayedUnavailable.find(factsOf([record], START_MS + 40)), {
    causeId: "relayed-unavailable",
    evidence: { target: "udp:192.0.2.33:5066", statusCode: 480 },
    branch: 1,
  });
});

test("a 480 of our own means that nobody was registered", () => {
  const record = new ExampleCase()
    .at(3)
    .refused("user-not-registered", 480, { aor: "sip:bob@example.org" })
    .ended();
  assert.equal(relayedUnavailable.find(factsOf([record], START_MS + 40)), undefined);
});
