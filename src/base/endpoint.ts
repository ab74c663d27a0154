/** The transports that messages travel by here. */
export type TransportName = "udp" | "tcp";

/** A place to listen or to reach. IPv6 without brackets. */
export interface Endpoint {
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;
}

/** As people and traces write it: `udp:192.0.2.1:5060`, `tcp:[2001:db8::1]:5060`. */
export function formatEndpoint(transport: string, address: string, port: number): string {
  return address.includes(":")
    ? transport + ":[" + address + "]:" + port
    : transport + ":" + address + ":" + port;
}
