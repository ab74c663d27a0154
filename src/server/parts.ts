import type { DnsAnswer, DnsQuestion } from "../base/dns.ts";
import type { Directory } from "../directory/index.ts";
import type { LocationStore } from "../location/index.ts";
import type { ProxyOptions } from "../proxy/index.ts";
import type { Gateway } from "../routing/index.ts";
import type { GatewayChanged } from "./gateway-probes.ts";
import type { RegistrarOptions } from "../registrar/index.ts";
import type { TraceRecord } from "../trace/index.ts";
import type { TransportLayer } from "../transport/index.ts";

/** Answers questions to the DNS: at once where the answer is known, else later. Never rejects. */
export interface Resolver {
  ask(question: DnsQuestion): DnsAnswer | Promise<DnsAnswer>;
}

/** Where ended requests go. */
export interface CaseKeeper {
  keep(record: TraceRecord): void;
}

/** What the drivers of a server work with. */
export interface Parts {
  readonly transport: TransportLayer;
  readonly directory: Directory;
  readonly location: LocationStore;
  readonly resolver: Resolver;
  readonly cases: CaseKeeper;
  readonly proxyOptions: ProxyOptions;
  readonly gateways: readonly Gateway[];
  readonly gatewayChanged: GatewayChanged;
  readonly registrarOptions: RegistrarOptions;
  /** Answer UDP requests to where they came from even without rport (RFC 3581 by force). */
  readonly forceRport: boolean;
  readonly limits: ServerLimits;
  readonly nowMs: () => number;
  /** Counted, told to the operator, and never thrown at a peer. */
  readonly fault: (where: string, error: unknown) => void;
}

/** What a server takes on at once, and how long it waits for its stores. */
export interface ServerLimits {
  /** Server transactions at once; beyond it new requests get 503. */
  readonly transactions: number;
  /** A directory, location or DNS question that has no answer by then counts as failed. */
  readonly questionMs: number;
}
