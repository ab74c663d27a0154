import type { Authenticator } from "../auth/index.ts";
import type { Random } from "../base/random.ts";
import type { SipHashKey } from "../base/siphash.ts";
import type { AvoidedDestinations } from "../routing/index.ts";
import type { ConfiguredHops } from "./configured-hops.ts";

/** Everything the proxy core must know about the element it runs in. Fixed for the life of the server. */
export interface ProxyOptions {
  /** Domains we are the authority for, lower case. The first is where tel URIs are looked up (RFC 3261 §19.1.6). */
  readonly domains: readonly string[];
  /** Is that host and port this element? `port` undefined: the default. Wildcard listeners own every local address. */
  readonly isOwnAddress: (host: string, port: number | undefined) => boolean;
  /** Are we the authority for that host part? A port that is not ours names somebody else on the same host. */
  readonly serves: (host: string, port: number | undefined) => boolean;
  readonly auth: "digest" | "none";
  readonly authenticator: Authenticator;
  /** "uniform": callers from elsewhere get 480 whether a user is unknown or unregistered. */
  readonly strangers: "honest" | "uniform";
  /** Timer C, over three minutes (RFC 3261 §16.6 step 11). */
  readonly timerCMs: number;
  /** Targets of one request, over all its groups. */
  readonly branchesPerRequest: number;
  /** Destinations found dead, kept across requests. */
  readonly avoided: AvoidedDestinations;
  readonly configured: ConfiguredHops;
  /** Seals dialog tokens and local tags. */
  readonly tokenKey: SipHashKey;
  /** Six hex digits that mark our branch ids, new at each start. */
  readonly instanceId: string;
  readonly random: Random;
}
