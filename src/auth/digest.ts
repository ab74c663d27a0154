// Hot path: three hashes for each request that carries credentials. One-shot hashes only, no hash object.
import { hash } from "node:crypto";
import type { Credential, DigestAlgorithm } from "../base/credential.ts";

/** Lower-case hex of a hash over latin1 text, one char a byte. Given in so that a test can count the calls. */
export type Hash = (algorithm: DigestAlgorithm, text: string) => string;

const nodeNames: Readonly<Record<DigestAlgorithm, string>> = {
  "SHA-512-256": "sha512-256",
  "SHA-256": "sha256",
  MD5: "md5",
};

/** {@link Hash} by node:crypto; the examples of RFC 7616 §3.9 come out of it. */
export function hashOf(algorithm: DigestAlgorithm, text: string): string {
  const name = nodeNames[algorithm];
  // A string is hashed as UTF-8, which is the same bytes only for ASCII; the copy is for the rest.
  return isAscii(text) ? hash(name, text, "hex") : hash(name, Buffer.from(text, "latin1"), "hex");
}

function isAscii(text: string): boolean {
  let bits = 0;
  for (let at = 0; at < text.length; at += 1) bits |= text.charCodeAt(at);
  return bits < 0x80;
}

/** What a `response` is computed from. Text is as in messages: latin1, one char a byte. */
export interface DigestInput {
  readonly algorithm: DigestAlgorithm;
  readonly ha1: string;
  readonly nonce: string;
  readonly method: string;
  /** As written in the `uri` parameter. */
  readonly uri: string;
  /** undefined: no qop, as RFC 2069 computes; then `nonceCount` and `cnonce` do not count. */
  readonly qop: "auth" | undefined;
  /** As written: eight hex digits. */
  readonly nonceCount: string;
  readonly cnonce: string;
}

/** The `response` that proves the password (RFC 7616 §3.4.1, §3.4.3, §3.6; without qop RFC 2069 §2.1.2). Two hashes. */
export function digestResponse(input: DigestInput, hashed: Hash = hashOf): string {
  const { algorithm, ha1, nonce, qop } = input;
  const ha2 = hashed(algorithm, `${input.method}:${input.uri}`);
  return qop === undefined
    ? hashed(algorithm, `${ha1}:${nonce}:${ha2}`)
    : hashed(algorithm, `${ha1}:${nonce}:${input.nonceCount}:${input.cnonce}:${qop}:${ha2}`);
}

/** H(username:realm:password), latin1 text (RFC 7616 §3.4.2). */
export function ha1Of(
  algorithm: DigestAlgorithm,
  username: string,
  realm: string,
  password: string,
): string {
  return hashOf(algorithm, `${username}:${realm}:${password}`);
}

/**
 * What the directory keeps instead of a password. All three are what a person types (Unicode, hashed as UTF-8: RFC
 * 7616 §4); `username` is the user part without escapes (`usernameOf`), because that is what phones send.
 */
export function credentialOf(username: string, realm: string, password: string): Credential {
  const user = utf8(username);
  const domain = utf8(realm);
  const secret = utf8(password);
  const all = (name: string): Record<DigestAlgorithm, string> => ({
    "SHA-512-256": ha1Of("SHA-512-256", name, domain, secret),
    "SHA-256": ha1Of("SHA-256", name, domain, secret),
    MD5: ha1Of("MD5", name, domain, secret),
  });
  return { realm, ha1: all(user), ha1OfAddress: all(`${user}@${domain}`) };
}

/** Unicode to latin1 text of its UTF-8 bytes: the form that messages have here. */
export function utf8(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}
