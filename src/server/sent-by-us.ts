// Hot path: every response.
import type { Endpoint } from "../base/endpoint.ts";
import type { Via } from "../message/index.ts";

const SIP_PORT = 5060;

/** Whether the sent-by of a response's topmost Via is the one that we write there (RFC 3261 §18.1.2). */
export function isSentByUs({ host, port }: Via, { address, port: ourPort }: Endpoint): boolean {
  if ((port ?? SIP_PORT) !== ourPort) return false;
  if (host === address) return true;
  const given = host.startsWith("[") ? host.slice(1, -1) : host;
  return given.toLowerCase() === address.toLowerCase();
}
