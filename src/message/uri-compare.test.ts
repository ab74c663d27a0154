import assert from "node:assert/strict";
import { test } from "node:test";
import { parseUri } from "./uri.ts";
import { sameUri } from "./uri-compare.ts";

function same(a: string, b: string): boolean {
  const left = parseUri(a);
  const right = parseUri(b);
  assert.ok(left !== undefined && right !== undefined, `${a} and ${b} are URIs`);
  const result = sameUri(left, right);
  assert.equal(sameUri(right, left), result, `${a} and ${b} compare the same both ways`);
  return result;
}

/** The sets of RFC 3261 §19.1.4. */
const equivalent: readonly (readonly string[])[] = [
  ["sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"],
  ["sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"],
  ["sip:carol@chicago.com", "sip:carol@chicago.com;security=on"],
  ["sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"],
  [
    "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
    "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
  ],
  [
    "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
    "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
  ],
];

const different: readonly (readonly [string, string])[] = [
  ["SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"],
  ["sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"],
  ["sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"],
  ["sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"],
  ["sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"],
  ["sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"],
];

test("the RFC's equivalent URIs are the same (RFC 3261 §19.1.4)", () => {
  for (const [a = "", b = ""] of equivalent) assert.equal(same(a, b), true, `${a} ${b}`);
});

test("the RFC's different URIs are not (RFC 3261 §19.1.4)", () => {
  for (const [a, b] of different) assert.equal(same(a, b), false, `${a} ${b}`);
});

test("equality is not transitive (RFC 3261 §19.1.4)", () => {
  const plain = "sip:carol@chicago.com";
  assert.equal(same(plain, `${plain};security=on`), true);
  assert.equal(same(plain, `${plain};security=off`), true);
  assert.equal(same(`${plain};security=on`, `${plain};security=off`), false);
});

test("a SIP and a SIPS URI are never equivalent", () => {
  assert.equal(same("sip:a@example.org", "sips:a@example.org"), false);
});

test("user and password keep their case; one that has a password never equals one that has none", () => {
  assert.equal(same("sip:a@example.org", "sip:A@example.org"), false);
  assert.equal(same("sip:a:p@example.org", "sip:a:P@example.org"), false);
  assert.equal(same("sip:a:@example.org", "sip:a@example.org"), false);
  assert.equal(same("sip:example.org", "sip:a@example.org"), false);
});

test("user, ttl, method, maddr and transport in one URI only make the two differ", () => {
  for (const parameter of ["user=ip", "ttl=1", "method=INVITE", "maddr=192.0.2.1"]) {
    assert.equal(same("sip:a@example.org", `sip:a@example.org;${parameter}`), false, parameter);
  }
});

test("a parameter that both have must match, its value without regard to case", () => {
  assert.equal(same("sip:a@example.org;x=Y", "sip:a@example.org;X=y"), true);
  assert.equal(same("sip:a@example.org;x=y", "sip:a@example.org;x=z"), false);
  assert.equal(same("sip:a@example.org;lr", "sip:a@example.org;lr=on"), false);
});

test("an escape equals its character unless that is reserved", () => {
  assert.equal(same("sip:%61%2D@example.org", "sip:a-@example.org"), true);
  assert.equal(same("sip:a%2Bb@example.org", "sip:a+b@example.org"), false);
  assert.equal(same("sip:a%3Bb@example.org", "sip:a%3bb@example.org"), true);
  assert.equal(same("sip:%2540@example.org", "sip:%40@example.org"), false);
  assert.equal(same("sip:%00@example.org", "sip:%00%00@example.org"), false);
  assert.equal(same("sip:a@example.org;%78=%79", "sip:a@example.org;x=y"), true);
});

test("tel URIs compare without visual separators, with all parameters (RFC 3966 §4)", () => {
  assert.equal(same("tel:+1-201-555-0123", "tel:+1(201)5550123"), true);
  assert.equal(same("tel:+12015550123", "tel:12015550123;phone-context=x.org"), false);
  assert.equal(same("tel:1;a=b;phone-context=X.org", "tel:1;phone-context=x.org;A=B"), true);
  assert.equal(same("tel:1;ext=2", "tel:1"), false);
});

test("URIs of other schemes compare character by character, the scheme without its case", () => {
  assert.equal(same("urn:service:sos", "URN:service:sos"), true);
  assert.equal(same("urn:service:sos", "urn:service:SOS"), false);
  assert.equal(same("urn:service:sos", "sip:service"), false);
});
