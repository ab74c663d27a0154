import { digestAlgorithms, type DigestAlgorithm } from "../base/credential.ts";
import { parseDigest } from "./digest-parameters.ts";
import { digestResponse, ha1Of, utf8 } from "./digest.ts";

/** A challenge that we can answer. Text is latin1, as in messages. */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: DigestAlgorithm;
  readonly qop: "auth" | undefined;
  readonly opaque: string | undefined;
  /** The password was right and the nonce too old: answer without asking anybody (RFC 7616 §3.3). */
  readonly stale: boolean;
}

/** Who answers a challenge, and for which request. */
export interface AnswerOptions {
  /** As a person types them: Unicode. */
  readonly username: string;
  readonly password: string;
  readonly method: string;
  /** The Request-URI as it will be sent. */
  readonly uri: string;
  /** Fresh for each answer; hex digits do. */
  readonly cnonce: string;
  /** How many requests this nonce was used for, this one included; 1 by default. */
  readonly nonceCount?: number;
}

/**
 * The strongest challenge of those given, one header field value each; of equals the topmost (RFC 7616 §5.6; RFC 8760 §2.4 would
 * take the topmost of all, unless local policy dictates otherwise: ours is to use the best that both know). What
 * cannot be understood is passed over; undefined when nothing is left.
 */
export function strongestChallenge(values: readonly string[]): Challenge | undefined {
  let strongest: Challenge | undefined;
  for (const value of values) {
    const challenge = challengeOf(value);
    if (challenge === undefined) continue;
    if (strongest === undefined || rankOf(challenge) < rankOf(strongest)) strongest = challenge;
  }
  return strongest;
}

/**
 * The value of Authorization or Proxy-Authorization (RFC 7616 §3.4) that answers one of these challenges; undefined when there is
 * none we know how to answer.
 */
export function answerChallenge(
  values: readonly string[],
  options: AnswerOptions,
): string | undefined {
  const challenge = strongestChallenge(values);
  if (challenge === undefined) return undefined;
  const { realm, nonce, algorithm, qop, opaque } = challenge;
  const { method, uri, cnonce } = options;
  const username = utf8(options.username);
  const nonceCount = (options.nonceCount ?? 1).toString(16).padStart(8, "0");
  const ha1 = ha1Of(algorithm, username, realm, utf8(options.password));
  const response = digestResponse({ algorithm, ha1, nonce, method, uri, qop, nonceCount, cnonce });
  const parts = [
    `Digest username=${quoted(username)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(uri)}`,
    `response="${response}"`,
    `algorithm=${algorithm}`,
  ];
  if (qop !== undefined) parts.push(`cnonce="${cnonce}"`, `qop=${qop}`, `nc=${nonceCount}`);
  if (opaque !== undefined) parts.push(`opaque=${quoted(opaque)}`);
  return parts.join(", ");
}

function challengeOf(value: string): Challenge | undefined {
  const digest = parseDigest(value);
  if (digest.kind !== "digest") return undefined;
  const { realm, nonce, opaque } = digest;
  if (realm === undefined || nonce === undefined) return undefined;
  const name = (digest.algorithm ?? "MD5").toUpperCase();
  const algorithm = digestAlgorithms.find((known) => known === name);
  if (algorithm === undefined) return undefined;
  // auth-int alone would need the body; nobody sends it.
  const offersAuth = digest.qop?.split(",").some((token) => token.trim().toLowerCase() === "auth");
  if (offersAuth === false) return undefined;
  const qop = offersAuth === true ? "auth" : undefined;
  return { realm, nonce, algorithm, qop, opaque, stale: digest.stale?.toLowerCase() === "true" };
}

function rankOf(challenge: Challenge): number {
  return digestAlgorithms.indexOf(challenge.algorithm);
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}
