import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf } from "../case-facts.ts";
import { ExampleCase, START_MS } from "../example-case.ts";
import { relayedMediaRefused } from "./relayed-media-refused.ts";

test("a 488 that came from beyond is about the media offered (RFC 3261 §21.4.26)", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(40)
    .got(1, 488, "Not Acceptable Here")
    .relayed(1, 488, "Not Acceptable Here")
    .ended();
  assert.deepEqual(relayedMediaRefused.find(factsOf([record], START_MS + 40)), {
    causeId: "relayed-media-refused",
    evidence: { target: "udp:192.0.2.33:5066", statusCode: 488 },
    branch: 1,
  });
});

test("a 406 is about Accept, not about the media offered (RFC 3261 §21.4.7)", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(40)
    .got(1, 406, "Not Acceptable")
    .relayed(1, 406, "Not Acceptable")
    .ended();
  assert.equal(relayedMediaRefused.find(factsOf([record], START_MS + 40)), undefined);
});
