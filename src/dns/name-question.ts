import type { TransportName } from "../base/endpoint.ts";

/** A name to be looked up: with a port only its addresses, without one its service first (RFC 3263 §4.2). */
export interface NameQuestion {
  readonly name: string;
  readonly port: number | undefined;
  readonly transport: TransportName;
}
