import assert from "node:assert/strict";
import { test } from "node:test";
import { parseVia } from "../message/index.ts";
import { isSentByUs } from "./sent-by-us.ts";

const isOurs = (sentBy: string, address: string, port: number): boolean => {
  const via = parseVia(`SIP/2.0/UDP ${sentBy};branch=z9hG4bK1`);
  assert.ok(via !== undefined && "host" in via, sentBy);
  return isSentByUs(via, { transport: "udp", address, port });
};

test("the address and port that we write are ours; 5060 is what no port means (RFC 3261 §18.1.2, §20.42)", () => {
  assert.ok(isOurs("192.0.2.100:5070", "192.0.2.100", 5070));
  assert.ok(isOurs("192.0.2.100", "192.0.2.100", 5060));
  assert.ok(isOurs("[2001:DB8::1]:5060", "2001:db8::1", 5060));
  assert.ok(isOurs("SIP.example.org:5060", "sip.example.org", 5060));
});

test("another address or another port is not (RFC 3261 §18.1.2)", () => {
  assert.ok(!isOurs("192.0.2.101:5060", "192.0.2.100", 5060));
  assert.ok(!isOurs("192.0.2.100:5061", "192.0.2.100", 5060));
  assert.ok(!isOurs("192.0.2.100", "192.0.2.100", 5070));
  assert.ok(!isOurs("[2001:db8::2]", "2001:db8::1", 5060));
});
