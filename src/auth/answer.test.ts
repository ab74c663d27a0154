import assert from "node:assert/strict";
import { test } from "node:test";
import { answerChallenge, strongestChallenge } from "./answer.ts";
import { digestResponse, ha1Of } from "./digest.ts";

const bob = {
  username: "bob",
  password: "zanzibar",
  method: "REGISTER",
  uri: "sip:biloxi.com",
  cnonce: "0a4f113b",
} as const;

test("the answer holds what RFC 7616 §3.4 asks for, each with the quotes it must or must not have", () => {
  const challenge =
    'Digest realm="biloxi.com", nonce="dcd98b", opaque="5ccc", algorithm=SHA-256, qop="auth,auth-int"';
  const response = digestResponse({
    algorithm: "SHA-256",
    ha1: ha1Of("SHA-256", "bob", "biloxi.com", "zanzibar"),
    nonce: "dcd98b",
    method: "REGISTER",
    uri: "sip:biloxi.com",
    qop: "auth",
    nonceCount: "0000000a",
    cnonce: "0a4f113b",
  });
  assert.equal(
    answerChallenge([challenge], { ...bob, nonceCount: 10 }),
    'Digest username="bob", realm="biloxi.com", nonce="dcd98b", uri="sip:biloxi.com", ' +
      `response="${response}", algorithm=SHA-256, cnonce="0a4f113b", qop=auth, nc=0000000a, opaque="5ccc"`,
  );
});

/** The algorithm of the challenge that is chosen from these, in this order. */
function strongestOf(...algorithms: readonly string[]): string | undefined {
  const challenges = algorithms.map(
    (name) => `Digest realm="r", nonce="${name}", algorithm=${name}, qop="auth"`,
  );
  return strongestChallenge(challenges)?.nonce;
}

test("the strongest that we know is answered, wherever it stands (RFC 8760 §2.4, RFC 7616 §5.6)", () => {
  assert.equal(strongestOf("MD5", "SHA-256"), "SHA-256");
  assert.equal(strongestOf("SHA-256", "SHA-512-256", "MD5"), "SHA-512-256");
  assert.equal(strongestOf("SHA-3", "md5"), "md5");
  assert.equal(strongestOf("SHA-3", "MD5-sess"), undefined);
});

test("what is not understood is passed over, and nothing is answered when nothing is left", () => {
  assert.equal(answerChallenge([], bob), undefined);
  assert.equal(answerChallenge(['Basic realm="r"'], bob), undefined);
  assert.equal(answerChallenge(['Digest realm="r", nonce="n'], bob), undefined);
  assert.equal(answerChallenge(['Digest realm="r"'], bob), undefined);
  assert.equal(answerChallenge(['Digest realm="r", nonce="n", qop="auth-int"'], bob), undefined);
  const both = ['Basic realm="r"', 'Digest realm="r", nonce="n", qop="auth"'];
  assert.notEqual(answerChallenge(both, bob), undefined);
});

test("a server of RFC 2069, which names no qop, is answered without cnonce (RFC 3261 §22.4 item 8, RFC 3261 §22.4)", () => {
  const value = answerChallenge(['Digest realm="r", nonce="n"'], bob) ?? "";
  assert.doesNotMatch(value, /cnonce|qop|nc=/);
  assert.match(value, /response="[0-9a-f]{32}", algorithm=MD5$/);
});

function isStale(stale: string): boolean | undefined {
  return strongestChallenge([`Digest realm="r", nonce="n"${stale}`])?.stale;
}

test("stale is read in any case, and anything but true is not stale (RFC 7616 §3.3)", () => {
  assert.equal(isStale(", stale=TRUE"), true);
  assert.equal(isStale(", stale=false"), false);
  assert.equal(isStale(""), false);
});

test("quotes in a realm and letters beyond ASCII in a name go out as they must (RFC 3261 §25.1)", () => {
  const value = answerChallenge(['Digest realm="a\\"b", nonce="n", qop="auth"'], {
    ...bob,
    username: "jürg",
  });
  assert.match(value ?? "", /^Digest username="j\u00c3\u00bcrg", realm="a\\"b", /);
});
