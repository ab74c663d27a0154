import type { DnsAnswer, DnsQuestion, DnsRecord } from "../base/dns.ts";

/** Records of one name and type as zone files write them, or how the question fails. */
export type ZoneEntry = readonly string[] | "SERVFAIL" | "silence" | "NXDOMAIN";

/**
 * A part of the DNS for tests and simulations, keyed by type and name; what is not in it is not there.
 *
 *     new NameZone({
 *       "SRV _sip._udp.example.org": ["10 0 5060 a.example.org"],
 *       "A a.example.org": ["192.0.2.1"],
 *     })
 */
export class NameZone {
  /** May be changed while it is in use. */
  entries: Record<string, ZoneEntry>;
  /** Every question so far, `A example.org`. */
  readonly asked: string[] = [];

  constructor(entries: Readonly<Record<string, ZoneEntry>> = {}) {
    this.entries = { ...entries };
  }

  ask({ type, name }: DnsQuestion): DnsAnswer {
    const key = `${type} ${name}`;
    this.asked.push(key);
    const entry = this.entries[key] ?? [];
    if (entry === "SERVFAIL") return { kind: "failed", detail: "SERVFAIL" };
    if (entry === "silence") return { kind: "silent", detail: "no name server answered" };
    if (entry === "NXDOMAIN") return { kind: "none", detail: "NXDOMAIN: there is no such name" };
    if (entry.length === 0) return { kind: "none", detail: `the name has no ${type} record` };
    return { kind: "records", records: entry.map((text) => zoneRecord(type, text)) };
  }
}

/** One record as a zone file writes it, without its name; a `.` alone is the root. */
export function zoneRecord(type: DnsQuestion["type"], text: string): DnsRecord {
  const words = text.split(/\s+/);
  const name = (at: number): string => (words[at] ?? "").replace(/\.$/, "");
  const number = (at: number): number => Number(words[at]);
  const quoted = (at: number): string => (words[at] ?? "").replaceAll('"', "");
  switch (type) {
    case "A":
    case "AAAA":
      return { type, address: text };
    case "SRV":
      return {
        type,
        priority: number(0),
        weight: number(1),
        port: number(2),
        target: name(3),
      };
    case "NAPTR":
      return {
        type,
        order: number(0),
        preference: number(1),
        flags: quoted(2),
        services: quoted(3),
        regexp: quoted(4),
        replacement: name(5),
      };
  }
}
