import assert from "node:assert/strict";
import { test } from "node:test";
import { credentialOf, digestResponse, ha1Of } from "./digest.ts";

const mufasa = { username: "Mufasa", realm: "http-auth@example.org", password: "Circle of Life" };
const exchange = {
  nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
  method: "GET",
  uri: "/dir/index.html",
  qop: "auth",
  nonceCount: "00000001",
  cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
} as const;

test("the MD5 example of RFC 7616 §3.9.1 comes out (RFC 7616 §3.4.1, §3.4.2, §3.4.3, RFC 7616 §3.9)", () => {
  const ha1 = ha1Of("MD5", mufasa.username, mufasa.realm, mufasa.password);
  const response = digestResponse({ ...exchange, algorithm: "MD5", ha1 });
  assert.equal(response, "8ca523f5e9506fed4657c9700eebdbec");
});

test("the SHA-256 example of RFC 7616 §3.9.1 comes out (RFC 7616 §3.6)", () => {
  const ha1 = ha1Of("SHA-256", mufasa.username, mufasa.realm, mufasa.password);
  const response = digestResponse({ ...exchange, algorithm: "SHA-256", ha1 });
  assert.equal(response, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
});

test("the SHA-512-256 example of RFC 7616 §3.9.2 comes out with the hash it names", () => {
  // The RFC prints ae66e67d…, which is SHA-512 cut to 256 bits (computed once with another program, as was the value
  // below); SHA-512/256 starts from other initial values.
  const username = Buffer.from("Jäsøn Doe", "utf8").toString("latin1");
  const ha1 = ha1Of("SHA-512-256", username, "api@example.org", "Secret, or not?");
  const response = digestResponse({
    algorithm: "SHA-512-256",
    ha1,
    nonce: "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
    method: "GET",
    uri: "/doe.json",
    qop: "auth",
    nonceCount: "00000001",
    cnonce: "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
  });
  assert.equal(response, "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5");
});

test("the example of RFC 2617 §3.5 comes out, and without qop the computation of RFC 2069", () => {
  const ha1 = ha1Of("MD5", "Mufasa", "testrealm@host.com", "Circle Of Life");
  const input = {
    algorithm: "MD5",
    ha1,
    nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
    method: "GET",
    uri: "/dir/index.html",
    nonceCount: "00000001",
    cnonce: "0a4f113b",
  } as const;
  assert.equal(digestResponse({ ...input, qop: "auth" }), "6629fae49393a05397450978507c4ef1");
  // The same values without qop: H(HA1:nonce:HA2), computed once with another program.
  assert.equal(digestResponse({ ...input, qop: undefined }), "670fd8c2df070c60b045671b8b24ff02");
});

function wire(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

test("a name and a password typed in Unicode hash as UTF-8 (RFC 7616 §4)", () => {
  const credential = credentialOf("jürg", "example.org", "gruezi €");
  assert.equal(credential.ha1.MD5, ha1Of("MD5", wire("jürg"), "example.org", wire("gruezi €")));
  assert.notEqual(credential.ha1.MD5, ha1Of("MD5", "jürg", "example.org", wire("gruezi €")));
});

test("a credential fits the plain name and the whole address, and no other case of it", () => {
  const credential = credentialOf("alice", "example.org", "secret");
  assert.equal(credential.ha1["SHA-256"], ha1Of("SHA-256", "alice", "example.org", "secret"));
  assert.equal(
    credential.ha1OfAddress?.["SHA-256"],
    ha1Of("SHA-256", "alice@example.org", "example.org", "secret"),
  );
  assert.notEqual(credential.ha1["SHA-256"], ha1Of("SHA-256", "Alice", "example.org", "secret"));
});
