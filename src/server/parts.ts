import type { Directory } from "../directory/index.ts";
import type { LocationStore } from "../location/index.ts";
import type { ProxyOptions } from "../proxy/index.ts";
import type { RegistrarOptions } from "../registrar/index.ts";
import type { ResolveQuestion } from "../routing/index.ts";
import type { Cause } from "../causes/index.ts";
import type { Endpoint } from "../base/endpoint.ts";
import type { TraceRecord } from "../trace/index.ts";
import type { TransportLayer } from "../transport/index.ts";

/** Answers routing's questions: places in the order to try them, or why there are none. Never rejects. */
export interface Resolver {
  resolve(question: ResolveQuestion): Promise<readonly Endpoint[] | Cause>;
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
