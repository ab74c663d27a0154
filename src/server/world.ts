import type { Clock } from "../base/clock.ts";
import type { DigestAlgorithm } from "../base/credential.ts";
import type { Random } from "../base/random.ts";
import type { Directory } from "../directory/index.ts";
import type { LocationStore } from "../location/index.ts";
import type { ConfiguredHops } from "../proxy/index.ts";
import type { Gateway } from "../routing/index.ts";
import type { TransportLayer } from "../transport/index.ts";
import type { GatewayChanged } from "./gateway-probes.ts";
import type { CaseKeeper, Resolver, ServerLimits } from "./parts.ts";

/** What a server decides by; `config/` makes it from a file and flags, tests write it out. */
export interface ServerSettings {
  /** Domains we are the authority for, lower case. */
  readonly domains: readonly string[];
  readonly auth: "digest" | "none";
  /** "uniform": callers from elsewhere get 480 for an unknown user too. */
  readonly strangers: "honest" | "uniform";
  readonly forceRport: boolean;
  readonly timerCMs: number;
  readonly branchesPerRequest: number;
  readonly bindingsPerAor: number;
  readonly defaultExpiresSeconds: number;
  readonly minExpiresSeconds: number;
  readonly maxExpiresSeconds: number;
  readonly nonceLifetimeMs: number;
  /** Challenges in this order; strongest first where left out. */
  readonly digestAlgorithms?: readonly DigestAlgorithm[];
  /** How the User-Agent of those begins who are offered MD5 alone; nobody where left out. */
  readonly md5OnlyFor?: readonly string[];
  /** How long a destination found dead is tried last; `routing`'s default where left out. */
  readonly avoidDeadMs?: number;
  /** Next hops and gateways that the operator names; none where left out. */
  readonly configured?: ConfiguredHops;
  /** Those of them that take calls to numbers. */
  readonly gateways?: readonly Gateway[];
  /** Host names and addresses besides the listeners' that mean this server. */
  readonly advertisedHosts: readonly string[];
  readonly limits: ServerLimits;
}

/** What a server is put together from. Each has a twin for tests: virtual time, a simulated network, memory. */
export interface ServerWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: TransportLayer;
  readonly directory: Directory;
  readonly location: LocationStore;
  readonly resolver: Resolver;
  readonly cases: CaseKeeper;
  /** 32 hex digits that outlive a restart, so that calls set up before it go on after it. */
  readonly tokenSecret: string;
  /** Local addresses of this machine, for listeners on a wildcard. */
  readonly localAddresses: () => readonly string[];
  /** A gateway is taken for up or down from now on; left out, nobody is told. */
  readonly gatewayChanged?: GatewayChanged;
  readonly fault: (where: string, error: unknown) => void;
}
