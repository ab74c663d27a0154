import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf } from "../case-facts.ts";
import { ExampleCase, START_MS } from "../example-case.ts";
import { branchSilentAfter100 } from "./branch-silent-after-100.ts";

test("100 and then nothing: that branch is silent, counted from its own start", () => {
  const record = new ExampleCase()
    .at(1)
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(81)
    .got(1, 100, "Trying")
    .pending();
  assert.deepEqual(branchSilentAfter100.find(factsOf([record], START_MS + 41_001)), {
    causeId: "branch-silent-after-100",
    evidence: { target: "udp:192.0.2.33:5066", provisionalAfterMs: 80, waitedMs: 41_000 },
    branch: 1,
  });
});

test("a phone that rings is not silent, though 100 came first", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(81)
    .got(1, 100, "Trying")
    .at(300)
    .got(1, 180, "Ringing")
    .pending();
  assert.equal(branchSilentAfter100.find(factsOf([record], START_MS + 41_000)), undefined);
});

test("nor is one that has ended, while another branch goes on", () => {
  const record = new ExampleCase()
    .branch(1, "sip:bob@192.0.2.33:5066", "udp:192.0.2.33:5066")
    .at(81)
    .got(1, 100, "Trying")
    .at(300)
    .got(1, 486, "Busy Here")
    .pending();
  assert.equal(branchSilentAfter100.find(factsOf([record], START_MS + 41_000)), undefined);
});
