import assert from "node:assert/strict";
import { test } from "node:test";
import { optionsOf, requestOf, uriOf } from "../../test/support/proxy.ts";
import { branchStartOf, type BranchStart } from "./configured-hops.ts";
import { preprocessRoute } from "./route-preprocessing.ts";
import { targetOf } from "./target-set.ts";

const hop = { transport: "udp", address: "192.0.2.80", port: 5060 } as const;

/** Where a request for 203.0.113.4 starts whose domain has that hop in the configuration. */
function startOf(...fields: string[]): BranchStart {
  const routing = preprocessRoute(requestOf({ fields }), optionsOf());
  assert.ok(!("kind" in routing));
  const hops = [{ gateway: "", uri: undefined, hop }];
  return branchStartOf({ ...targetOf(uriOf("sip:a@203.0.113.4")), hops }, routing);
}

test("without a Route the configuration says where a request goes (RFC 3261 §16.6 step 6)", () => {
  assert.deepEqual(startOf(), { kind: "list", hops: [hop] });
});

test("a Route that remains goes before the configuration, which need not be a loose router (RFC 3261 §16.6 steps 6 and 7)", () => {
  const start = startOf("Route: <sip:192.0.2.9;lr>");
  assert.ok(start.kind === "destination");
  assert.equal(start.destination.address, "192.0.2.9");
});
