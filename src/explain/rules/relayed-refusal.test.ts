import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf } from "../case-facts.ts";
import { ExampleCase, START_MS } from "../example-case.ts";
import { relayedRefusal } from "./relayed-refusal.ts";

test("any other refusal that came from beyond is theirs", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(40)
    .got(1, 403, "Forbidden")
    .relayed(1, 403, "Forbidden")
    .ended();
  assert.deepEqual(relayedRefusal.find(factsOf([record], START_MS + 40)), {
    causeId: "relayed-refusal",
    evidence: { target: "udp:192.0.2.33:5066", statusCode: 403 },
    branch: 1,
  });
});

test("a success that was passed on is no refusal", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(40)
    .got(1, 200, "OK")
    .relayed(1, 200, "OK")
    .ended();
  assert.equal(relayedRefusal.find(factsOf([record], START_MS + 40)), undefined);
});
