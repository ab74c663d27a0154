import assert from "node:assert/strict";
import { test } from "node:test";
import { configured } from "../../test/support/configured.ts";

test("gateways in routes are the same objects as in the list, so that a probe's word counts for calls", () => {
  const { gateways, configured: hops } = configured({
    gateways: [
      { name: "a", uri: "sip:192.0.2.1" },
      { name: "b", uri: "sip:gw.example;transport=tcp", probe: true },
    ],
    routes: [{ prefix: "+", to: ["b", "a"] }],
  });
  const [route] = hops.dialPlan?.routes ?? [];
  assert.deepEqual(
    route?.gateways.map((gateway) => gateways.indexOf(gateway)),
    [1, 0],
  );
  assert.deepEqual(gateways[1]?.hop, { name: "gw.example", port: undefined, transport: "tcp" });
});

test("a trusted gateway is known by its address as the kernel writes it; one that is not trusted is not", () => {
  const { configured: hops } = configured({
    gateways: [
      { name: "a", uri: "sip:[2001:DB8:0:0::1]:5070", trusted: true },
      { name: "b", uri: "sip:192.0.2.1", trusted: true },
      { name: "c", uri: "sip:192.0.2.2" },
    ],
  });
  assert.deepEqual([...hops.trustedAddresses], ["2001:db8::1", "192.0.2.1"]);
});

test("without numbers and routes there is no dial plan, and a number is a user like others", () => {
  assert.equal(configured({}).configured.dialPlan, undefined);
  assert.notEqual(configured({ numbers: { country: "DE" } }).configured.dialPlan, undefined);
});
