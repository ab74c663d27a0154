import assert from "node:assert/strict";
import { test } from "node:test";
import type { CauseId } from "../causes/index.ts";
import type { BranchId } from "../message/index.ts";
import { ClientBranch } from "../proxy/index.ts";
import { uriOf } from "../../test/support/proxy.ts";
import { relayedCauseId } from "./relayed-cause.ts";

function branches(count: number): ClientBranch[] {
  return Array.from({ length: count }, (_, at) => {
    const uri = uriOf(`sip:d${at}@192.0.2.7`);
    const target = { uri, path: [], qMilli: 1000, source: "", hops: undefined };
    return new ClientBranch(at + 1, target, 60, `z9hG4bK${at}` as BranchId, 0);
  });
}

test("what one device said is told by its status code", () => {
  const told: readonly (readonly [number, CauseId])[] = [
    [486, "relayed-busy"],
    [600, "relayed-busy"],
    [603, "relayed-declined"],
    [404, "relayed-not-found"],
    [604, "relayed-not-found"],
    [480, "relayed-unavailable"],
    [488, "relayed-media-refused"],
    [606, "relayed-media-refused"],
    [403, "relayed-refusal"],
    [302, "relayed-refusal"],
  ];
  for (const [statusCode, causeId] of told) {
    assert.equal(relayedCauseId(statusCode, branches(1), false), causeId, String(statusCode));
  }
});

test("of several branches all refused, unless one spoke for all with a 6xx", () => {
  assert.equal(relayedCauseId(486, branches(2), false), "every-branch-refused");
  assert.equal(relayedCauseId(603, branches(2), false), "relayed-declined");
});

test("one number tried at several gateways is one refusal, as one device at several addresses is", () => {
  const [first, second] = branches(2);
  assert.ok(first !== undefined && second !== undefined);
  const hops = [
    { gateway: "a", uri: undefined, hop: { transport: "udp", address: "a", port: 1 } },
  ] as const;
  first.target = { ...first.target, hops };
  assert.equal(relayedCauseId(486, [first, second], false), "every-branch-refused");
  second.target = { ...second.target, hops };
  assert.equal(relayedCauseId(486, [first, second], false), "relayed-busy");
});

test("a 487 is the caller's doing where the caller did cancel, and a refusal where not", () => {
  assert.equal(relayedCauseId(487, branches(1), true), "caller-cancelled");
  assert.equal(relayedCauseId(487, branches(2), true), "caller-cancelled");
  assert.equal(relayedCauseId(487, branches(1), false), "relayed-refusal");
  assert.equal(relayedCauseId(486, branches(1), true), "relayed-busy");
});
