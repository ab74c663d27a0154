import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../base/random.ts";
import { branchMark, loopHashIn, loopHashOf, makeBranchId } from "./branch-id.ts";
import { requestOf, type RequestChanges } from "../../test/support/proxy.ts";

const hashOf = (changes: RequestChanges, routes = ""): string =>
  loopHashOf(requestOf(changes), routes);

test("a branch id has the cookie, our mark, 128 random bits and the loop hash (RFC 5393 §4.2.1, RFC 3261 §8.1.1.7, §20.42)", () => {
  const branchId = makeBranchId("abc123", seededRandom(1), "deadbeef");
  assert.match(branchId, /^z9hG4bKnhabc123\.[0-9a-f]{32}\.deadbeef$/);
  assert.ok(branchId.startsWith(branchMark("abc123")));
});

test("two branch ids of one request differ and carry the same loop hash (RFC 3261 §16.6 step 8)", () => {
  const random = seededRandom(1);
  const first = makeBranchId("abc123", random, "deadbeef");
  const second = makeBranchId("abc123", random, "deadbeef");
  assert.notEqual(first, second);
  assert.equal(loopHashIn(first, "abc123"), "deadbeef");
  assert.equal(loopHashIn(second, "abc123"), "deadbeef");
});

test("a branch id of another element, or of ours before a restart, has no loop hash", () => {
  const branchId = makeBranchId("abc123", seededRandom(1), "deadbeef");
  assert.equal(loopHashIn(branchId, "abc124"), undefined);
  assert.equal(loopHashIn("z9hG4bK776asdhds", "abc123"), undefined);
});

test("the loop hash changes with all that decides where a request goes (RFC 5393 §4.2.1)", () => {
  const plain = hashOf({});
  assert.notEqual(hashOf({ uri: "sip:bobb@example.org" }), plain);
  assert.notEqual(hashOf({}, "<sip:192.0.2.9;lr>"), plain);
});

test("the loop hash changes from one transaction of a caller to the next (RFC 5393 §4.2.4)", () => {
  const plain = hashOf({});
  assert.notEqual(hashOf({ callId: "call-2" }), plain);
  assert.notEqual(hashOf({ cseq: 2 }), plain);
});

test("the loop hash is the same for INVITE, ACK and CANCEL, and whatever else comes along (RFC 5393 §4.2.1)", () => {
  const plain = hashOf({});
  assert.equal(hashOf({ method: "CANCEL" }), plain);
  assert.equal(hashOf({ method: "ACK", toTag: "t1" }), plain);
  assert.equal(hashOf({ fields: ["Subject: lunch", "Max-Forwards: 12"] }), plain);
});
