import type { NaptrRecord } from "../base/dns.ts";
import type { TransportName } from "../base/endpoint.ts";

/** Of the services registered by RFC 3263 §9 those that we speak. */
const transportOfService: ReadonlyMap<string, TransportName> = new Map([
  ["SIP+D2U", "udp"],
  ["SIP+D2T", "tcp"],
]);

/**
 * The SRV names to ask for, with their transports: of the records whose service is spoken here (others are discarded,
 * RFC 3263 §4.1) those of the lowest order, by preference. Once a record is usable, those of a higher order must not
 * be considered (RFC 2915 §2).
 */
export function servicesInOrder(
  records: readonly NaptrRecord[],
): (readonly [service: string, transport: TransportName])[] {
  const services: (readonly [string, TransportName])[] = [];
  let chosenOrder: number | undefined;
  const sorted = records.toSorted(
    (one, other) => one.order - other.order || one.preference - other.preference,
  );
  for (const { order, flags, services: service, regexp, replacement } of sorted) {
    if (chosenOrder !== undefined && order !== chosenOrder) break;
    const transport = transportOfService.get(service.toUpperCase());
    // "an empty regular expression and a replacement value", which is the name of SRV records: flag "s".
    if (transport === undefined || flags.toLowerCase() !== "s") continue;
    if (regexp !== "" || replacement === "") continue;
    chosenOrder = order;
    services.push([replacement.toLowerCase(), transport]);
  }
  return services;
}
