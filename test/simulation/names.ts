import type { Endpoint } from "../../src/base/endpoint.ts";
import type { ZoneEntry } from "../../src/testing/index.ts";

/** The records that lead from each name to these places, in this order: NAPTR for the transports, SRV, A and AAAA. */
export function zoneOf(
  names: Readonly<Record<string, readonly Endpoint[]>>,
): Readonly<Record<string, ZoneEntry>> {
  const zone: Record<string, string[]> = {};
  const add = (key: string, record: string): void => void (zone[key] ??= []).push(record);
  for (const [name, places] of Object.entries(names)) {
    const transports = [...new Set(places.map(({ transport }) => transport))];
    for (const [at, transport] of transports.entries()) {
      const service = transport === "udp" ? "SIP+D2U" : "SIP+D2T";
      add(`NAPTR ${name}`, `10 ${at} "s" "${service}" "" _sip._${transport}.${name}.`);
    }
    for (const [at, { transport, address, port }] of places.entries()) {
      const host = `host${at}.${name}`;
      add(`SRV _sip._${transport}.${name}`, `${at} 0 ${port} ${host}.`);
      add(`${address.includes(":") ? "AAAA" : "A"} ${host}`, address);
    }
  }
  return zone;
}
