import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf } from "../case-facts.ts";
import { ExampleCase, START_MS } from "../example-case.ts";
import { relayedNotFound } from "./relayed-not-found.ts";

test("a 404 that came from beyond is theirs, not ours", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(40)
    .got(1, 404, "Not Found")
    .relayed(1, 404, "Not Found")
    .ended();
  assert.deepEqual(relayedNotFound.find(factsOf([record], START_MS + 40)), {
    causeId: "relayed-not-found",
    evidence: { target: "udp:192.0.2.33:5066", statusCode: 404 },
    branch: 1,
  });
});

test("a 404 of our own is not passed on", () => {
  const record = new ExampleCase()
    .at(3)
    .refused("user-unknown", 404, { aor: "sip:bob@example.org", domain: "example.org" })
    .ended();
  assert.equal(relayedNotFound.find(factsOf([record], START_MS + 40)), undefined);
});
