import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf } from "../case-facts.ts";
import { ExampleCase, START_MS } from "../example-case.ts";
import { callerCancelled } from "./caller-cancelled.ts";

test("487 after the caller's CANCEL is the caller's doing, counted to the CANCEL (RFC 3261 §9.2)", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(40)
    .got(1, 180, "Ringing")
    .at(8000)
    .add("cancel-received", "udp:192.0.2.17:5060")
    .at(8030)
    .got(1, 487, "Request Terminated")
    .relayed(1, 487, "Request Terminated")
    .ended();
  assert.deepEqual(callerCancelled.find(factsOf([record], START_MS + 9000)), {
    causeId: "caller-cancelled",
    evidence: { afterMs: 8000 },
    branch: 1,
  });
});

test("a 487 without a CANCEL from the caller is somebody else's doing", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(8030)
    .got(1, 487, "Request Terminated")
    .relayed(1, 487, "Request Terminated")
    .ended();
  assert.equal(callerCancelled.find(factsOf([record], START_MS + 9000)), undefined);
});

test("a CANCEL that crossed the answer changed nothing", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(8000)
    .got(1, 200, "OK")
    .relayed(1, 200, "OK")
    .at(8001)
    .add("cancel-received", "udp:192.0.2.17:5060")
    .ended();
  assert.equal(callerCancelled.find(factsOf([record], START_MS + 9000)), undefined);
});
