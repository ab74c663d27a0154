import type { Credential, DigestAlgorithm } from "../base/credential.ts";
import type { Random } from "../base/random.ts";
import type { Cause } from "../causes/index.ts";
import type { Aor } from "../message/index.ts";
import type { Hash } from "./digest.ts";

/** What a server decides once. Times in milliseconds. */
export interface AuthenticatorOptions {
  /** Known to this server only; nonces of another secret are stale. */
  readonly secret: string;
  /** How long a nonce may be used, in milliseconds. */
  readonly nonceLifetimeMs: number;
  /** What is offered and accepted, in this order; strongest first by default (RFC 8760 §2.3). */
  readonly algorithms?: readonly DigestAlgorithm[];
  /** User-Agent values that begin so, in any case of letters, are offered MD5 alone. */
  readonly md5OnlyFor?: readonly string[];
  readonly random: Random;
  /**
   * Nonces minted before are stale. Give the time of the start where the secret outlives the process: which counts
   * were used then is not known any more. Processes that share a secret do not share counts.
   */
  readonly nonceFloorMs?: number;
  /** Nonces whose counts are remembered. */
  readonly noncesTrackedMax?: number;
  /** For the test that counts the work. */
  readonly hash?: Hash;
}

/** 401 as a registrar or user agent with Authorization, 407 as a proxy with Proxy-Authorization (RFC 3261 §22.2, §22.3; RFC 7616 §3.8). */
export type ChallengeStatusCode = 401 | 407;

/** Credentials that say who somebody is; whether it is true, only `verify` tells. Names are latin1 text. */
export interface Claim {
  readonly kind: "claim";
  readonly statusCode: ChallengeStatusCode;
  readonly username: string;
  readonly realm: string;
  /** Whose account to look up. */
  readonly aor: Aor;
  readonly algorithm: DigestAlgorithm;
  readonly nonce: string;
  readonly method: string;
  readonly uri: string;
  readonly response: string;
  readonly qop: "auth" | undefined;
  readonly nonceCount: string;
  readonly cnonce: string;
}

/** What the directory holds for the claimed address; a subscriber is one. An alias is no account: give undefined. */
export interface Account {
  readonly credential: Credential | undefined;
}

/** The password is right and the nonce current: `aor` is whose request it is. */
export interface Accepted {
  readonly kind: "accepted";
  readonly username: string;
  readonly aor: Aor;
  readonly algorithm: DigestAlgorithm;
}

/** Challenge again. The cause is for the operator; the wire sees `stale` and nothing else. */
export interface AuthRefusal {
  readonly kind: "refused";
  readonly cause: Cause;
  readonly stale: boolean;
}
