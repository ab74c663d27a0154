import type { DigestAlgorithm } from "../base/credential.ts";
import type { Endpoint, TransportName } from "../base/endpoint.ts";
import type { TransportLimits } from "../transport/index.ts";

/** How many cases are kept, and for how long; whichever comes first. */
export interface CaseRing {
  readonly records: number;
  readonly sizeBytes: number;
  readonly ageMs: number;
}

/** Every bound of the server that a config file may move. */
export interface ConfigLimits extends TransportLimits {
  /** Server transactions at once; beyond it new requests get 503. */
  readonly transactions: number;
  /** A directory, location or DNS question without an answer by then counts as failed. */
  readonly questionMs: number;
  readonly branchesPerRequest: number;
  /** Names whose addresses are remembered. */
  readonly dnsCacheEntries: number;
}

/** Where the web pages and their API are served. IPv6 without brackets; port 0 lets the kernel choose. */
export interface HttpListener {
  readonly address: string;
  readonly port: number;
}

/** How often a gateway is asked with OPTIONS, and what is made of its answers. */
export interface ProbeConfig {
  readonly everyMs: number;
  /** No answer by then counts as a failure. */
  readonly timeoutMs: number;
  /** Failures in a row until it counts as down. */
  readonly downAfter: number;
  /** Answers in a row until it counts as up again. */
  readonly upAfter: number;
}

/** An element that takes calls to numbers. */
export interface GatewayConfig {
  readonly name: string;
  /** `sip:HOST`, with a port or a transport where they matter. */
  readonly uri: string;
  /** undefined: it is never asked. */
  readonly probe: ProbeConfig | undefined;
  /** What comes from its address may say that it is from our users, and is not asked for their password. */
  readonly trusted: boolean;
}

/** Which gateways take which numbers: one of `prefix` and `number` is there. */
export interface RouteConfig {
  readonly prefix: string | undefined;
  readonly number: string | undefined;
  /** Names of gateways, in the order to try. */
  readonly to: readonly string[];
}

/** A checked configuration, complete and frozen. */
export interface ServerConfig {
  /** Lower case; empty where neither file nor flags name any, and then the users in the data folder decide. */
  readonly domains: readonly string[];
  readonly listen: readonly Endpoint[];
  /** The reference as web pages and JSON; "off": no web server at all. */
  readonly http: HttpListener | "off";
  readonly auth: "digest" | "none";
  /** "uniform": callers from elsewhere get 480 for a user who does not exist, too. */
  readonly strangers: "honest" | "uniform";
  /** Answer UDP requests to the port they came from even where the Via does not ask for it (RFC 3581). */
  readonly forceRport: boolean;
  /** What Via and Record-Route carry instead of our own address. */
  readonly advertise: { readonly host: string; readonly port: number | undefined } | undefined;
  /** The data folder as the file names it; the command line's `--data` goes before it. */
  readonly data: string | undefined;
  readonly timers: { readonly timerCMs: number };
  readonly registrar: {
    readonly defaultExpiresSeconds: number;
    readonly minExpiresSeconds: number;
    readonly maxExpiresSeconds: number;
    readonly bindingsPerAor: number;
  };
  readonly digest: {
    readonly nonceLifetimeMs: number;
    /**
     * Offered in this order. Strongest first by default (RFC 8760 §2.3); phones that read only the first challenge
     * want the one they know there.
     */
    readonly algorithms: readonly DigestAlgorithm[];
    /** User agents that give up at a challenge they do not know: how their User-Agent begins. They get MD5 alone. */
    readonly md5OnlyFor: readonly string[];
  };
  readonly dns: {
    /** Name servers, as `address` or `address:port`; undefined: those of the system. */
    readonly servers: readonly string[] | undefined;
    /** How long a destination that was found dead is tried last; 0: never. */
    readonly avoidDeadMs: number;
  };
  /** Domains of others, lower case, and the URIs that requests for them are sent to, in the order to try. */
  readonly nextHops: Readonly<Record<string, readonly string[]>>;
  readonly gateways: readonly GatewayConfig[];
  readonly numbers: {
    /** Where numbers are dialled with `0` and `00`, ISO 3166: "DE"; undefined: only `+` begins a whole number. */
    readonly country: string | undefined;
  };
  /** For numbers that no user and no alias has; the longest prefix wins. */
  readonly routes: readonly RouteConfig[];
  readonly cases: CaseRing;
  readonly limits: ConfigLimits;
}

/** A gateway as a file writes it. */
export interface GatewayInput {
  readonly name: string;
  readonly uri: string;
  /** true: asked with the defaults; left out or false: not asked. */
  readonly probe?: boolean | Partial<ProbeConfig>;
  readonly trusted?: boolean;
}

/** A route as a file writes it: all numbers that begin so, or one number whole. */
export type RouteInput =
  | { readonly prefix: string; readonly to: string | readonly string[] }
  | { readonly number: string; readonly to: string | readonly string[] };

/** One listener as a file writes it: an object, or `udp:HOST:PORT` as on the command line. */
export type ListenInput =
  | string
  | {
      readonly transport: TransportName;
      /** Default: every IPv4 address. IPv6 without brackets. */
      readonly address?: string;
      /** Default 5060; 0 lets the kernel choose. */
      readonly port?: number;
    };

/** What a config file gives: any part of {@link ServerConfig}; the rest keeps its default. */
export interface ConfigInput {
  readonly domains?: readonly string[];
  readonly listen?: readonly ListenInput[];
  /** `127.0.0.1:8080`, `[::1]:8080` or `off`. */
  readonly http?: string;
  readonly auth?: "digest" | "none";
  readonly strangers?: "honest" | "uniform";
  readonly forceRport?: boolean;
  readonly advertise?: { readonly host: string; readonly port?: number };
  readonly data?: string;
  readonly timers?: Partial<ServerConfig["timers"]>;
  readonly registrar?: Partial<ServerConfig["registrar"]>;
  readonly digest?: Partial<ServerConfig["digest"]>;
  readonly dns?: Partial<ServerConfig["dns"]>;
  readonly nextHops?: Readonly<Record<string, string | readonly string[]>>;
  readonly gateways?: readonly GatewayInput[];
  readonly numbers?: { readonly country?: string };
  readonly routes?: readonly RouteInput[];
  readonly cases?: Partial<CaseRing>;
  readonly limits?: Partial<ConfigLimits>;
}

/** Types a config file in the editor; changes nothing. The check is made when the server starts. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}
