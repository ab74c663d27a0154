import assert from "node:assert/strict";
import { test } from "node:test";
import { aorOf, domainOf, parseAor, userOf } from "./aor.ts";
import { parseUri } from "./uri.ts";

function canonical(text: string): string {
  const uri = parseUri(text);
  assert.ok(uri?.kind === "sip", text);
  return aorOf(uri);
}

test("port, password, parameters and headers are no part of an AOR (RFC 3261 §10.3 step 5)", () => {
  assert.equal(
    canonical("sip:alice:pw@Example.ORG:5070;transport=tcp?x=y"),
    "sip:alice@example.org",
  );
});

test("a SIPS URI has the AOR of the SIP URI, and a trailing dot changes nothing", () => {
  assert.equal(canonical("sips:alice@example.org."), "sip:alice@example.org");
});

test("escapes are decoded, and only the necessary ones made again (RFC 3261 §10.3 step 5, RFC 3261 §19.1.2)", () => {
  assert.equal(canonical("sip:%61l%69ce@example.org"), "sip:alice@example.org");
  assert.equal(canonical("sip:I%20have%20spaces@x.org"), "sip:I%20have%20spaces@x.org");
  assert.equal(
    canonical("sip:sips%3auser%40example.com@x.org"),
    "sip:sips%3Auser%40example.com@x.org",
  );
  assert.equal(canonical("sip:null-%00-null@x.org"), "sip:null-%00-null@x.org");
  assert.equal(canonical("sip:%2541@x.org"), "sip:%2541@x.org");
  assert.equal(canonical("sip:%c3%bc@x.org"), "sip:%C3%BC@x.org");
  assert.equal(canonical("sip:*21#@x.org"), canonical("sip:*21%23@x.org"));
});

test("users differ by case, domains do not", () => {
  assert.notEqual(canonical("sip:Alice@x.org"), canonical("sip:alice@x.org"));
  assert.equal(canonical("sip:alice@X.org"), canonical("sip:alice@x.org"));
});

test("people write an AOR with or without the scheme, and always with a user", () => {
  assert.equal(parseAor("alice@Example.org"), "sip:alice@example.org");
  assert.equal(parseAor("sip:alice@example.org"), "sip:alice@example.org");
  assert.equal(parseAor("SIPS:alice@example.org"), "sip:alice@example.org");
  assert.equal(parseAor("a%40b@example.org"), "sip:a%40b@example.org");
  for (const text of [
    "",
    "alice",
    "example.org",
    "@example.org",
    "a@",
    "a b@example.org",
    "tel:+1",
  ]) {
    assert.equal(parseAor(text), undefined, text);
  }
});

test("an AOR comes apart into user and domain", () => {
  const aor = parseAor("alice@[2001:DB8::1]");
  assert.ok(aor !== undefined);
  assert.equal(userOf(aor), "alice");
  assert.equal(domainOf(aor), "[2001:db8::1]");
  const uri = parseUri("sip:example.org");
  assert.ok(uri?.kind === "sip");
  assert.equal(userOf(aorOf(uri)), "");
  assert.equal(domainOf(aorOf(uri)), "example.org");
});
