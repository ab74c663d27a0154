import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { parseDigest } from "./digest-parameters.ts";

function reads(value: string): unknown {
  const digest = parseDigest(value);
  assert.equal(digest.kind, "digest", JSON.stringify(digest));
  const given = Object.entries(digest).filter(([, text]) => text !== undefined);
  return Object.fromEntries(given);
}

function refuses(value: string): string {
  const digest = parseDigest(value);
  return digest.kind === "malformed" ? digest.detail : digest.kind;
}

test("the Authorization of RFC 3261 §20.7 is read", () => {
  const value =
    'Digest username="Alice", realm="atlanta.com",\r\n nonce="84a4cc6f3082121f32b42a2187831a9e",' +
    ' response="7587245234b3434cc3412213e5f113a5432"';
  assert.deepEqual(reads(value), {
    kind: "digest",
    username: "Alice",
    realm: "atlanta.com",
    nonce: "84a4cc6f3082121f32b42a2187831a9e",
    response: "7587245234b3434cc3412213e5f113a5432",
  });
});

test("the scheme and the names are read in any case, values keep theirs (RFC 3261 §7.3.1)", () => {
  assert.deepEqual(reads('dIGEST REALM="X",Nc=0000000A'), {
    kind: "digest",
    realm: "X",
    nonceCount: "0000000A",
  });
});

test("quoted values may hold commas, equals signs and escaped quotes", () => {
  assert.deepEqual(reads('Digest realm = "a,b=c\\"d\\\\" ,qop=auth'), {
    kind: "digest",
    realm: 'a,b=c"d\\',
    qop: "auth",
  });
});

test("a value without the quotes it should have is read to the comma", () => {
  assert.deepEqual(reads("Digest nonce=abc==, uri=sip:example.org"), {
    kind: "digest",
    nonce: "abc==",
    uri: "sip:example.org",
  });
});

test("username* is read as UTF-8 bytes (RFC 7616 §3.9.2), and not beside username (§3.4)", () => {
  const username = Buffer.from("Jäsøn Doe", "utf8").toString("latin1");
  assert.deepEqual(reads("Digest username*=UTF-8''J%C3%A4s%C3%B8n%20Doe"), {
    kind: "digest",
    username,
  });
  assert.equal(refuses("Digest username=\"a\", username*=UTF-8''a"), "username* is given twice");
  assert.equal(refuses("Digest username*=UTF-8''J%C"), "username* is not UTF-8''name");
  assert.equal(refuses("Digest username*=latin-1''J"), "username* is not UTF-8''name");
});

test("unknown parameters and empty list elements are passed over", () => {
  assert.deepEqual(reads('Digest ,, auth-param=x, foo="bar", realm="r",'), {
    kind: "digest",
    realm: "r",
  });
});

test("another scheme is no fault: Basic must not be accepted (RFC 8760 §2.6)", () => {
  assert.deepEqual(parseDigest("Basic QWxhZGRpbjpvcGVu"), { kind: "otherScheme", scheme: "Basic" });
  assert.equal(refuses(""), "otherScheme");
});

test("what cannot be read is refused with its place", () => {
  assert.equal(refuses('Digest realm="abc'), "a closing quote is expected at character 13");
  assert.equal(refuses('Digest realm="abc\\"'), "a closing quote is expected at character 13");
  assert.equal(refuses("Digest realm"), "name=value is expected at character 7");
  assert.equal(refuses("Digest =x"), "name=value is expected at character 7");
  assert.equal(refuses("Digest nc=,"), "a value for nc is expected at character 10");
  assert.equal(refuses('Digest realm="a" nonce="b"'), "a comma is expected at character 17");
  assert.equal(refuses('Digest realm="a", realm="b"'), "realm is given twice");
});

test("whatever stands in a field, reading it ends with a value", () => {
  const noise = fc.string({ unit: fc.constantFrom(..."abc=,\"\\ '*%;\t\u00ff".split("")) });
  fc.assert(
    fc.property(noise, (text) => {
      const { kind } = parseDigest(`Digest ${text}`);
      assert.ok(kind === "digest" || kind === "malformed");
    }),
  );
});
