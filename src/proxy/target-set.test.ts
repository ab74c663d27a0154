import assert from "node:assert/strict";
import { test } from "node:test";
import { optionsOf, requestOf, uriOf } from "../../test/support/proxy.ts";
import { preprocessRoute, type Routing } from "./route-preprocessing.ts";
import { nextHopUriOf, targetOf, TargetSet, type Target } from "./target-set.ts";

function target(text: string, qMilli = 1000, path: readonly string[] = []): Target {
  return { uri: uriOf(text), qMilli, path, source: "", hops: undefined };
}

function routingOf(...fields: string[]): Routing {
  const routing = preprocessRoute(requestOf({ fields }), optionsOf());
  assert.ok(!("kind" in routing));
  return routing;
}

/** Group by group, as they are handed out. */
function groupsOf(set: TargetSet): string[][] {
  const groups: string[][] = [];
  for (let qMilli = set.nextQMilli; qMilli !== undefined; qMilli = set.nextQMilli) {
    const group: string[] = [];
    for (let one = set.takeOf(qMilli); one !== undefined; one = set.takeOf(qMilli)) {
      group.push(one.uri.text);
    }
    groups.push(group);
  }
  return groups;
}

test("targets are handed out from the highest q to the lowest, equal ones together and in order (RFC 3261 §16.6)", () => {
  const set = new TargetSet();
  set.add(target("sip:a@h", 500));
  set.add(target("sip:b@h", 1000));
  set.add(target("sip:c@h", 500));
  set.add(target("sip:d@h", 0));
  set.add(target("sip:e@h", 1000));
  assert.deepEqual(groupsOf(set), [["sip:b@h", "sip:e@h"], ["sip:a@h", "sip:c@h"], ["sip:d@h"]]);
});

test("a URI is in the set once, by the equality of URIs and not of texts (RFC 3261 §16.5)", () => {
  const set = new TargetSet();
  assert.equal(set.add(target("sip:bob@Host.example:5060")), true);
  assert.equal(set.add(target("SIP:bob@host.EXAMPLE:5060")), false);
  assert.equal(set.add(target("sip:bob@host.example")), true, "a port left out is not 5060");
  assert.equal(set.size, 2);
});

test("what was handed out stays in the set: it is not added again", () => {
  const set = new TargetSet();
  set.add(target("sip:a@h"));
  set.takeOf(1000);
  assert.equal(set.add(target("sip:a@h")), false);
  assert.equal(set.remaining, 0);
});

test("a target that comes late goes behind what was handed out, whatever its q", () => {
  const set = new TargetSet();
  set.add(target("sip:a@h", 500));
  set.takeOf(500);
  set.add(target("sip:b@h", 1000));
  assert.deepEqual(groupsOf(set), [["sip:b@h"]]);
});

test("how many of a group still wait is counted up to its end", () => {
  const set = new TargetSet();
  set.add(target("sip:a@h", 1000));
  set.add(target("sip:b@h", 1000));
  set.add(target("sip:c@h", 500));
  assert.equal(set.waitingOf(1000), 2);
  set.takeOf(1000);
  assert.equal(set.waitingOf(1000), 1);
  assert.equal(set.waitingOf(500), 0, "not before its turn");
});

test("dropping the rest says what was dropped and leaves nothing (RFC 3261 §16.7 step 5)", () => {
  const set = new TargetSet();
  set.add(target("sip:a@h"));
  set.add(target("sip:b@h", 500));
  set.takeOf(1000);
  assert.deepEqual(
    set.dropRemaining().map(({ uri }) => uri.text),
    ["sip:b@h"],
  );
  assert.equal(set.nextQMilli, undefined);
});

test("a target from a Request-URI has no headers and no method parameter (RFC 3261 §16.6 step 2)", () => {
  assert.equal(targetOf(uriOf("sip:a@h;method=BYE;x?Subject=y")).uri.text, "sip:a@h;x");
});

test("the next hop is the Path's first, else the first Route that remains, else the target (RFC 3261 §16.6 step 7)", () => {
  const plain = routingOf();
  const routed = routingOf("Route: <sip:192.0.2.9;lr>");
  const edge = ["<sip:edge.example;lr>", "<sip:inner.example;lr>"];
  assert.equal(nextHopUriOf(target("sip:a@h"), plain).text, "sip:a@h");
  assert.equal(nextHopUriOf(target("sip:a@h"), routed).text, "sip:192.0.2.9;lr");
  assert.equal(nextHopUriOf(target("sip:a@h", 1, edge), routed).text, "sip:edge.example;lr");
});
