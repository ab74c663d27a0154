import { digestAlgorithms, type Credential, type DigestAlgorithm } from "../base/credential.ts";
import { because } from "../causes/index.ts";
import { Header, parseUri, type SipRequest } from "../message/index.ts";
import { parseDigest, type DigestParameters } from "./digest-parameters.ts";
import { digestResponse, hashOf, type Hash } from "./digest.ts";
import { NonceCounts, NONCES_TRACKED_MAX } from "./nonce-counts.ts";
import { NonceMint } from "./nonce.ts";
import { aorOfUsername, isAddressOf } from "./owner.ts";
import type {
  Accepted,
  Account,
  AuthenticatorOptions,
  AuthRefusal,
  ChallengeStatusCode,
  Claim,
} from "./verdict.ts";

/**
 * The server's half of digest authentication (RFC 3261 §22.4, RFC 7616, RFC 8760), qop=auth, Basic never. Keeps no state for a
 * challenge; remembers counts for nonces that verified, up to a limit.
 */
export class Authenticator {
  readonly #algorithms: readonly DigestAlgorithm[];
  readonly #md5OnlyFor: readonly string[];
  readonly #nonceLifetimeMs: number;
  readonly #nonceFloorMs: number;
  readonly #mint: NonceMint;
  readonly #counts: NonceCounts;
  readonly #hash: Hash;
  /** What an unknown account is compared with: nobody's, and as long as a real one. */
  readonly #dummyHa1: Readonly<Record<DigestAlgorithm, string>>;

  constructor(options: AuthenticatorOptions) {
    const { secret, nonceLifetimeMs } = options;
    this.#algorithms = options.algorithms ?? digestAlgorithms;
    this.#md5OnlyFor = (options.md5OnlyFor ?? []).map((name) => name.toLowerCase());
    this.#nonceLifetimeMs = nonceLifetimeMs;
    this.#nonceFloorMs = options.nonceFloorMs ?? -Infinity;
    this.#mint = new NonceMint(secret, options.random.hex128());
    this.#counts = new NonceCounts(options.noncesTrackedMax ?? NONCES_TRACKED_MAX, nonceLifetimeMs);
    this.#hash = options.hash ?? hashOf;
    this.#dummyHa1 = {
      "SHA-512-256": hashOf("SHA-512-256", `nobody:${secret}`),
      "SHA-256": hashOf("SHA-256", `nobody:${secret}`),
      MD5: hashOf("MD5", `nobody:${secret}`),
    };
  }

  /**
   * What to offer to the sender of this request. A client must ignore the challenges that it does not understand (RFC
   * 8760 §2.4), and some give up there instead. Those that `md5OnlyFor` names get the one they know, where MD5 is
   * offered at all; nobody else is tied to it (RFC 7616 §5.3). The User-Agent is the peer's word; nobody gains by it what choosing MD5 from the list would not give.
   */
  algorithmsFor(request: SipRequest): readonly DigestAlgorithm[] {
    if (this.#md5OnlyFor.length === 0 || !this.#algorithms.includes("MD5")) return this.#algorithms;
    const userAgent = request.header(Header.UserAgent)?.toLowerCase();
    if (userAgent === undefined) return this.#algorithms;
    for (const beginning of this.#md5OnlyFor) if (userAgent.startsWith(beginning)) return MD5_ONLY;
    return this.#algorithms;
  }

  /** One header field value for each algorithm, most preferred first; the order must be kept (RFC 8760 §2.3). */
  challenge(
    realm: string,
    nowMs: number,
    options: { readonly stale: boolean; readonly algorithms?: readonly DigestAlgorithm[] },
  ): readonly string[] {
    const nonce = this.#mint.mint(realm, nowMs);
    const end = options.stale ? ', qop="auth", stale=true' : ', qop="auth"';
    const values: string[] = [];
    for (const algorithm of options.algorithms ?? this.#algorithms) {
      values.push(`Digest realm="${realm}", nonce="${nonce}", algorithm=${algorithm}${end}`);
    }
    return values;
  }

  /**
   * Who the request says it is from, at that realm. Other schemes and other realms' credentials (RFC 3261 §22.3) are
   * passed over; of
   * several for this realm the first well-formed one counts.
   */
  identify(
    request: SipRequest,
    realm: string,
    statusCode: ChallengeStatusCode,
  ): Claim | AuthRefusal {
    const header = statusCode === 401 ? Header.Authorization : Header.ProxyAuthorization;
    let fault: string | undefined;
    for (const value of request.values(header)) {
      const digest = parseDigest(value);
      if (digest.kind === "otherScheme") continue;
      if (digest.kind === "malformed") {
        fault ??= digest.detail;
        continue;
      }
      if (digest.realm !== undefined && digest.realm !== realm) continue;
      const claim = this.#claim(digest, request.method, realm, statusCode);
      if (typeof claim !== "string") return claim;
      fault ??= claim;
    }
    const cause =
      fault === undefined
        ? because("credentials-missing", statusCode, { realm })
        : because("credentials-malformed", statusCode, { realm, detail: fault });
    return { kind: "refused", cause, stale: false };
  }

  /**
   * Whether the claim is true. The work and the challenge that follows are the same for an account that does not
   * exist and a password that is wrong. `countNonce` is false for ACK, CANCEL and a request that spirals back to us:
   * they rightly repeat the credentials of another; otherwise call it once for each server transaction.
   */
  verify(
    claim: Claim,
    account: Account | undefined,
    nowMs: number,
    options: { readonly countNonce: boolean },
  ): Accepted | AuthRefusal {
    const { statusCode, username, realm } = claim;
    const ha1 = ha1For(claim, account?.credential);
    const expected = digestResponse(
      {
        algorithm: claim.algorithm,
        ha1: ha1 === "" ? this.#dummyHa1[claim.algorithm] : ha1,
        nonce: claim.nonce,
        method: claim.method,
        uri: claim.uri,
        qop: claim.qop,
        nonceCount: claim.nonceCount,
        cnonce: claim.cnonce,
      },
      this.#hash,
    );
    const mintedAtMs = this.#mint.mintedAtMs(claim.nonce, realm);
    const isRight = isSame(expected, claim.response.toLowerCase()) && ha1 !== "";
    if (!isRight) {
      const id = account === undefined ? "account-unknown" : "credentials-wrong";
      return {
        kind: "refused",
        cause: because(id, statusCode, { realm, username }),
        stale: false,
      };
    }
    // From here on the peer knows the password: `stale` spares its user a question (RFC 7616 §3.3).
    const stale = because("nonce-stale", statusCode, { realm, username });
    if (mintedAtMs === undefined || !this.#isCurrent(mintedAtMs, nowMs)) {
      return { kind: "refused", cause: stale, stale: true };
    }
    if (options.countNonce) {
      const nonceCount = parseInt(claim.nonceCount, 16);
      const use = this.#counts.use(claim.nonce, mintedAtMs, nonceCount, nowMs);
      // Without qop there is no count, so a second use is no replay for certain; a new nonce settles it.
      if (use === "forgotten" || (use === "seen" && claim.qop === undefined)) {
        return { kind: "refused", cause: stale, stale: true };
      }
      if (use === "seen") {
        const cause = because("nonce-replayed", statusCode, { realm, username, nonceCount });
        return { kind: "refused", cause, stale: true };
      }
    }
    return { kind: "accepted", username, aor: claim.aor, algorithm: claim.algorithm };
  }

  #isCurrent(mintedAtMs: number, nowMs: number): boolean {
    // A clock that was set back must not make a nonce live longer than its life.
    return (
      Math.abs(nowMs - mintedAtMs) <= this.#nonceLifetimeMs && mintedAtMs >= this.#nonceFloorMs
    );
  }

  /** @returns what is wrong, in words, where it is no claim */
  #claim(
    digest: DigestParameters,
    method: string,
    realm: string,
    statusCode: ChallengeStatusCode,
  ): Claim | string {
    const { username, nonce, uri, response } = digest;
    if (digest.realm === undefined) return "realm is not given";
    if (username === undefined) return "username is not given";
    if (nonce === undefined) return "nonce is not given";
    if (uri === undefined) return "uri is not given";
    if (response === undefined) return "response is not given";
    if (digest.userhash?.toLowerCase() === "true") return "userhash was not offered";
    // Deviation: RFC 7616 §3.4.6 wants `uri` to be the Request-URI, RFC 8760 §2.6 item 6 somebody whom we take requests
    // for. A proxy on the way may have rewritten the Request-URI, and phones write their registrar by any of its
    // names; so any URI is taken that can be read as one. What it would guard against, a nonce count does.
    if (parseUri(uri) === undefined) return "uri is not a URI";
    const algorithm = this.#algorithmNamed(digest.algorithm ?? "MD5");
    if (algorithm === undefined) return "algorithm was not offered";
    const aor = aorOfUsername(username, realm);
    if (aor === undefined) return "username cannot be the user of an address";
    let counted: Counted | string = UNCOUNTED;
    if (digest.qop !== undefined) counted = countedBy(digest.qop, digest.nonceCount, digest.cnonce);
    if (typeof counted === "string") return counted;
    const { qop, nonceCount, cnonce } = counted;
    return {
      kind: "claim",
      statusCode,
      username,
      realm,
      aor,
      algorithm,
      nonce,
      method,
      uri,
      response,
      qop,
      nonceCount,
      cnonce,
    };
  }

  #algorithmNamed(name: string): DigestAlgorithm | undefined {
    const upper = name.toUpperCase();
    for (const algorithm of this.#algorithms) if (algorithm === upper) return algorithm;
    return undefined;
  }
}

const MD5_ONLY = ["MD5"] as const;

type Counted = Pick<Claim, "qop" | "nonceCount" | "cnonce">;

/**
 * RFC 2069 clients, which know no qop, must still be heard (RFC 8760 §2.6 item 8). They send no count, so each nonce is
 * good for one request of theirs; the next is answered with a new one and stale=true. That leaves no room for a replay.
 */
const UNCOUNTED: Counted = { qop: undefined, nonceCount: "1", cnonce: "" };

/** @returns what is wrong, in words */
function countedBy(
  qop: string,
  nonceCount: string | undefined,
  cnonce: string | undefined,
): Counted | string {
  if (qop.toLowerCase() !== "auth") return "qop was not offered";
  if (cnonce === undefined) return "cnonce is not given";
  if (nonceCount === undefined) return "nc is not given";
  if (!isCount(nonceCount)) return "nc is not eight hex digits";
  return { qop: "auth", nonceCount, cnonce };
}

/** "" where there is nothing that a password could match. */
function ha1For(claim: Claim, credential: Credential | undefined): string {
  if (credential === undefined) return "";
  return isAddressOf(claim.username, claim.realm)
    ? (credential.ha1OfAddress?.[claim.algorithm] ?? "")
    : credential.ha1[claim.algorithm];
}

function isCount(text: string): boolean {
  if (text.length !== 8) return false;
  for (let at = 0; at < 8; at += 1) {
    const code = text.charCodeAt(at) | 0x20;
    if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 102))) return false;
  }
  return true;
}

/** Looks at every character whatever it finds: the time tells nothing about where two differ. */
function isSame(expected: string, given: string): boolean {
  let difference = expected.length ^ given.length;
  for (let at = 0; at < expected.length; at += 1) {
    difference |= expected.charCodeAt(at) ^ given.charCodeAt(at);
  }
  return difference === 0;
}
