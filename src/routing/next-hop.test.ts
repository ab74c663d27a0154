import assert from "node:assert/strict";
import { test } from "node:test";
import { formatEndpoint } from "../base/endpoint.ts";
import { parseUri } from "../message/index.ts";
import { formatServerName, nextHopOf, numericAddress } from "./index.ts";

/** In one line, whatever it is. */
function hopOf(text: string): string {
  const uri = parseUri(text);
  assert.ok(uri !== undefined, text);
  const hop = nextHopOf(uri);
  switch (hop.kind) {
    case "destination": {
      const { transport, address, port } = hop.destination;
      return formatEndpoint(transport, address, port);
    }
    case "locate":
      return `locate ${formatServerName(hop.server)}`;
    case "unusable":
      return `${hop.cause.statusCode} ${hop.cause.id}`;
  }
}

test("a numeric host needs no look-up: UDP and 5060 where nothing else is said (RFC 3263 §4.1, §4.2)", () => {
  assert.equal(hopOf("sip:bob@192.0.2.7"), "udp:192.0.2.7:5060");
  assert.equal(hopOf("sip:bob@192.0.2.7:5062"), "udp:192.0.2.7:5062");
  assert.equal(hopOf("sip:bob@[2001:DB8::1]:5062"), "udp:[2001:db8::1]:5062");
  assert.equal(hopOf("sip:192.0.2.7;lr"), "udp:192.0.2.7:5060");
});

test("a transport parameter decides, in any case (RFC 3263 §4.1)", () => {
  assert.equal(hopOf("sip:bob@192.0.2.7;transport=TCP"), "tcp:192.0.2.7:5060");
  assert.equal(hopOf("sip:bob@192.0.2.7;Transport=udp"), "udp:192.0.2.7:5060");
});

test("a transport that is not spoken here leads nowhere", () => {
  for (const name of ["tls", "ws", "sctp", "tls-sctp"]) {
    assert.equal(hopOf(`sip:bob@192.0.2.7;transport=${name}`), "500 next-hop-unreachable");
  }
});

test("a name is a question, in lower case, with its port if it has one (RFC 3263 §4.2)", () => {
  assert.equal(hopOf("sip:bob@Elsewhere.NET"), "locate elsewhere.net");
  assert.equal(hopOf("sip:bob@elsewhere.net:5070;transport=tcp"), "locate elsewhere.net:5070/tcp");
});

test("maddr overrides the host, and the port applies to it (RFC 3261 §19.1.1)", () => {
  assert.equal(hopOf("sip:bob@elsewhere.net:5070;maddr=192.0.2.8"), "udp:192.0.2.8:5070");
  assert.equal(hopOf("sip:bob@192.0.2.7;maddr=gw.elsewhere.net"), "locate gw.elsewhere.net");
});

test("sips needs TLS, which is not there: 480 (RFC 5630 §5.3)", () => {
  assert.equal(hopOf("sips:bob@192.0.2.7"), "480 sips-not-available");
});

test("other schemes are no place to send to: 416", () => {
  assert.equal(hopOf("tel:+4930123"), "416 uri-scheme-unsupported");
  assert.equal(hopOf("im:bob@example.org"), "416 uri-scheme-unsupported");
});

test("an address is told from a name that looks like one (RFC 3261 §25.1)", () => {
  assert.equal(numericAddress("192.0.2.7"), "192.0.2.7");
  assert.equal(numericAddress("[2001:DB8::1]"), "2001:db8::1");
  for (const name of ["192.0.2.example", "192.0.2", "1.2.3.4.5", "192-0-2-7", ""]) {
    assert.equal(numericAddress(name), undefined, name);
  }
});
