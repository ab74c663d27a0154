import { isIP } from "node:net";
import type { Endpoint } from "../base/endpoint.ts";
import type { HttpListener } from "./types.ts";

/** What a listener is written as; told whenever one is not. */
export const LISTEN_ACCEPTED =
  "udp:ADDRESS:PORT or tcp:ADDRESS:PORT, IPv6 in brackets (udp:[::1]:5060), port 0 to 65535";

const SPEC = /^(udp|tcp):(?:\[([0-9a-f:.]+)\]|([^[\]:]+)):(\d{1,5})$/i;

/** `udp:192.0.2.1:5060` or `tcp:[::1]:5060`; undefined when it is not {@link LISTEN_ACCEPTED}. */
export function parseListenSpec(text: string): Endpoint | undefined {
  const [, transport, ipv6, host, digits] = SPEC.exec(text) ?? [];
  const port = Number(digits);
  if (transport === undefined || port > 65_535) return undefined;
  const name = host?.toLowerCase() === "localhost" ? "127.0.0.1" : host;
  const address = ipv6 ?? name ?? "";
  if (isIP(address) !== (ipv6 === undefined ? 4 : 6)) return undefined;
  return {
    transport: transport.toLowerCase() === "tcp" ? "tcp" : "udp",
    address: address.toLowerCase(),
    port,
  };
}

/** What `http` is written as; told whenever it is not. */
export const HTTP_ACCEPTED =
  '"off", or ADDRESS:PORT, IPv6 in brackets ([::1]:8080), port 0 to 65535';

const HTTP_SPEC = /^(?:\[([0-9a-f:.]+)\]|([^[\]:]+)):(\d{1,5})$/i;

/** `127.0.0.1:8080` or `off`; undefined when it is not {@link HTTP_ACCEPTED}. */
export function parseHttpSpec(text: string): HttpListener | "off" | undefined {
  if (text === "off") return "off";
  const [, ipv6, host, digits] = HTTP_SPEC.exec(text) ?? [];
  const port = Number(digits);
  const name = host?.toLowerCase() === "localhost" ? "127.0.0.1" : host;
  const address = ipv6 ?? name ?? "";
  if (digits === undefined || port > 65_535) return undefined;
  if (isIP(address) !== (ipv6 === undefined ? 4 : 6)) return undefined;
  return { address: address.toLowerCase(), port };
}
