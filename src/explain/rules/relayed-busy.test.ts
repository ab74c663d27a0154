import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf } from "../case-facts.ts";
import { ExampleCase, START_MS } from "../example-case.ts";
import { relayedBusy } from "./relayed-busy.ts";

test("a 486 that a device gave and we passed on is busy", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(40)
    .got(1, 486, "Busy Here")
    .relayed(1, 486, "Busy Here")
    .ended();
  assert.deepEqual(relayedBusy.find(factsOf([record], START_MS + 40)), {
    causeId: "relayed-busy",
    evidence: { target: "udp:192.0.2.33:5066", statusCode: 486 },
    branch: 1,
  });
});

test("a 480 is not busy, though people say so", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(40)
    .got(1, 480, "Temporarily Unavailable")
    .relayed(1, 480, "Temporarily Unavailable")
    .ended();
  assert.equal(relayedBusy.find(factsOf([record], START_MS + 40)), undefined);
});
