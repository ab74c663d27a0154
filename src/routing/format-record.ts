import type { DnsRecord } from "../base/dns.ts";

/** The data of a record as traces and `nexthop dns` show it. */
export function formatRecord(record: DnsRecord): string {
  switch (record.type) {
    case "A":
    case "AAAA":
      return record.address;
    case "SRV":
      return `${record.priority} ${record.weight} ${record.port} ${record.target || "."}`;
    case "NAPTR": {
      const { order, preference, flags, services, regexp, replacement } = record;
      return `${order} ${preference} "${flags}" "${services}" "${regexp}" ${replacement || "."}`;
    }
  }
}
