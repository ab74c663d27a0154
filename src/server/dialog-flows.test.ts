import assert from "node:assert/strict";
import { test } from "node:test";
import type { Flow } from "../transport/index.ts";
import { DialogFlows } from "./dialog-flows.ts";

function flowFrom(remoteAddress: string): Flow {
  return {
    transport: "tcp",
    isReliable: true,
    local: { transport: "tcp", address: "192.0.2.100", port: 5060 },
    remoteAddress,
    remotePort: 49_152,
  };
}

const contact = "sip:bob@10.0.0.5:5060;transport=tcp";

test("a remote target is found under its own Call-ID and under no other", () => {
  const flows = new DialogFlows();
  const bobs = flowFrom("198.51.100.1");
  flows.remember("call-1", contact, bobs);
  assert.equal(flows.find("call-1", contact), bobs);
  assert.equal(flows.find("call-2", contact), undefined);
});

test("two phones behind two NATs may give the same private address", () => {
  const flows = new DialogFlows();
  const one = flowFrom("198.51.100.1");
  const other = flowFrom("203.0.113.1");
  flows.remember("call-1", contact, one);
  flows.remember("call-2", contact, other);
  assert.equal(flows.find("call-1", contact), one);
  assert.equal(flows.find("call-2", contact), other);
});

test("a target refresh over another connection takes the place of the first (RFC 3261 §12.2.1.2)", () => {
  const flows = new DialogFlows();
  flows.remember("call-1", contact, flowFrom("198.51.100.1"));
  const later = flowFrom("198.51.100.2");
  flows.remember("call-1", contact, later);
  assert.equal(flows.find("call-1", contact), later);
});

test("beyond a hundred thousand the oldest is forgotten", () => {
  const flows = new DialogFlows();
  const flow = flowFrom("198.51.100.1");
  for (let call = 0; call <= 100_000; call += 1) flows.remember(`call-${call}`, contact, flow);
  assert.equal(flows.find("call-0", contact), undefined);
  assert.equal(flows.find("call-1", contact), flow);
});
