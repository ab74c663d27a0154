import { formatEndpoint } from "../base/endpoint.ts";
import type { Flow } from "../transport/index.ts";

/** `udp:192.0.2.1:5060`, as traces write it. */
export function peerOf(flow: Flow): string {
  return formatEndpoint(flow.transport, flow.remoteAddress, flow.remotePort);
}

/** Address (without brackets) and port out of `tcp:[2001:db8::1]:5060`. */
export function splitPeer(peer: string): readonly [address: string, port: number] {
  const start = peer.indexOf(":") + 1;
  const end = peer.lastIndexOf(":");
  const host = peer.slice(start, end);
  return [host.startsWith("[") ? host.slice(1, -1) : host, Number(peer.slice(end + 1))];
}
