import assert from "node:assert/strict";
import { test } from "node:test";
import { lastFault } from "./fault.ts";
import { formatHost } from "./host.ts";
import { parseVia } from "./via.ts";

function read(text: string) {
  const via = parseVia(text);
  assert.ok(via !== undefined, `${text}: ${lastFault.expected} at ${lastFault.offset}`);
  return via;
}

test("a Via has a transport, sent-by and parameters (RFC 3261 §20.42)", () => {
  const via = read(
    "SIP/2.0/UDP erlang.example.org:5070;received=192.0.2.207;branch=z9hG4bK77asjd;ttl=16",
  );
  assert.equal(via.transport, "UDP");
  assert.equal(via.host, "erlang.example.org");
  assert.equal(via.port, 5070);
  assert.equal(via.branchId, "z9hG4bK77asjd");
  assert.equal(via.received, "192.0.2.207");
  assert.equal(via.rport, undefined);
  assert.deepEqual(via.parameters.at(-1), { name: "ttl", value: "16" });
});

test("white space and folds may stand around every separator (RFC 4475 §3.1.1.1)", () => {
  const via = read("SIP  /   2.0\r\n /udp\r\n    192.0.2.2 : 5060 ; branch = \r\n z9hG4bK390");
  assert.equal(via.transport, "UDP");
  assert.equal(via.host, "192.0.2.2");
  assert.equal(via.port, 5060);
  assert.equal(via.branchId, "z9hG4bK390");
});

test("transports that we do not know are read (RFC 4475 §3.1.1.10)", () => {
  assert.equal(read("SIP/2.0/unknown t4.example.org").transport, "UNKNOWN");
  assert.equal(read("sip/2.0/tls-sctp t4.example.org").transport, "TLS-SCTP");
});

test("rport is asked for by its name alone, and filled in with a number (RFC 3581 §3)", () => {
  assert.equal(read("SIP/2.0/UDP x.org;rport;branch=b").rport, 0);
  assert.equal(read("SIP/2.0/UDP x.org;RPORT=5061").rport, 5061);
  assert.equal(parseVia("SIP/2.0/UDP x.org;rport=65536"), undefined);
});

test("maddr is read as it is written, by any case of its name (RFC 3261 §20.42)", () => {
  assert.equal(read("SIP/2.0/UDP x.org;Maddr=224.0.1.75;ttl=1").maddr, "224.0.1.75");
  assert.equal(read("SIP/2.0/UDP x.org;maddr").maddr, undefined);
  assert.equal(read("SIP/2.0/UDP x.org;mxddr=224.0.1.75").maddr, undefined);
});

test("received is an IPv6 address without brackets, or with (RFC 5118 §4.5)", () => {
  assert.equal(read("SIP/2.0/UDP [::1];received=2001:db8::9:255").received, "2001:db8::9:255");
  assert.equal(read("SIP/2.0/UDP [::1];received=[2001:db8::9:255]").received, "2001:db8::9:255");
  assert.equal(parseVia("SIP/2.0/UDP [::1];received=2001:db8::9::255"), undefined);
});

test("a Via of RFC 2543 has no branch", () => {
  assert.equal(read("SIP/2.0/UDP x.org").branchId, undefined);
});

const malformedVias: readonly (readonly [text: string, offset: number])[] = [
  ["", 0],
  ["SIP/2.0", 7],
  ["SIP/2.0/", 8],
  ["SIP/2.0/UDP", 11],
  ["SIP/2.0/UDP ", 12],
  ["SIP/3.0/UDP x.org", 4],
  ["HTTP/2.0/UDP x.org", 0],
  ["SIP/2.0/UDP x.org:", 18],
  ["SIP/2.0/UDP x.org:a", 18],
  ["SIP/2.0/UDP x.org:70000", 18],
  ["SIP/2.0/UDP x.org;;,;,,", 18],
  ["SIP/2.0/UDP x.org;branch=", 25],
  ["SIP/2.0/UDP x.org junk", 18],
  ["SIP/2.0/UDP 2001:db8::1", 12],
];

test("a fault is noted at its first wrong character", () => {
  for (const [text, offset] of malformedVias) {
    assert.equal(parseVia(text), undefined, text);
    assert.equal(lastFault.offset, offset, `${text}: ${lastFault.expected}`);
  }
});

test("one Via is one value: what follows a comma is another", () => {
  assert.equal(parseVia("SIP/2.0/UDP a.org, SIP/2.0/UDP b.org"), undefined);
});

test("a host is written with brackets when it is an IPv6 address, once", () => {
  assert.equal(formatHost("2001:db8::1"), "[2001:db8::1]");
  assert.equal(formatHost("[2001:db8::1]"), "[2001:db8::1]");
  assert.equal(formatHost("192.0.2.1"), "192.0.2.1");
  assert.equal(formatHost("example.org"), "example.org");
});
