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
  readonly cases: CaseRing;
  readonly limits: ConfigLimits;
}

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
  readonly cases?: Partial<CaseRing>;
  readonly limits?: Partial<ConfigLimits>;
}

/** Types a config file in the editor; changes nothing. The check is made when the server starts. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}
