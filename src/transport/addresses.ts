import { isIP, SocketAddress } from "node:net";

export type Family = "ipv4" | "ipv6";

/** The family of an IP literal without brackets; undefined for anything else (a host name, a typing error). */
export function familyOf(address: string): Family | undefined {
  const version = isIP(address);
  return version === 0 ? undefined : version === 6 ? "ipv6" : "ipv4";
}

/** One spelling for one address (`2001:DB8:0::1` is `2001:db8::1`), so that it can be a key. A zone stays. */
export function canonicalAddress(address: string): string {
  if (!address.includes(":") || address.includes("%")) return address;
  return new SocketAddress({ address, family: "ipv6" }).address;
}

export function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

export function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

/** `host:port` with IPv6 in brackets: how people write it. */
export function hostPort(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
