import type { Endpoint, TransportName } from "../base/endpoint.ts";
import type { Via } from "../message/index.ts";
import { canonicalName, DEFAULT_SIP_PORT } from "./next-hop.ts";
import { numericAddress } from "./numeric-address.ts";
import type { ServerName } from "./server-name.ts";

/**
 * Where a response goes when the way that its request came fails: the sent-by of the topmost Via (RFC 3263 §5). A
 * numeric address as it is; a name with a port by its addresses, one without by its SRV records.
 */
export function sentByHop({ host, port }: Via, transport: TransportName): Endpoint | ServerName {
  const address = numericAddress(host);
  return address === undefined
    ? { name: canonicalName(host), port, transport }
    : { transport, address, port: port ?? DEFAULT_SIP_PORT };
}
