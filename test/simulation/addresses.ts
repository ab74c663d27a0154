import type { Endpoint } from "../../src/base/endpoint.ts";

export const SERVER_IPV4 = "192.0.2.100";
export const SERVER_IPV6 = "2001:db8::100";

/** Where the simulated server listens: both transports, both families. */
export const SERVER_ENDPOINTS: readonly Endpoint[] = [SERVER_IPV4, SERVER_IPV6].flatMap(
  (address) => [
    { transport: "udp", address, port: 5060 } as const,
    { transport: "tcp", address, port: 5060 } as const,
  ],
);

/** Of an endpoint as wires and traces write it. */
export function isServer(endpoint: string): boolean {
  return endpoint.includes(`:${SERVER_IPV4}:`) || endpoint.includes(`[${SERVER_IPV6}]`);
}

/** Where those are who are no users of ours. */
export function farAway(last: number): Endpoint {
  return { transport: "udp", address: `203.0.113.${last}`, port: 5060 };
}
