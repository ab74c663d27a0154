/** What of the DNS is used to find SIP servers (RFC 3263 §4). */
export type DnsType = "NAPTR" | "SRV" | "A" | "AAAA";

/** One question to the DNS; the name in lower case and without a dot at its end. */
export interface DnsQuestion {
  readonly type: DnsType;
  readonly name: string;
}

/** An A or AAAA record; IPv6 without brackets. */
export interface AddressRecord {
  readonly type: "A" | "AAAA";
  readonly address: string;
}

/** RFC 2782. A `target` of "" is the root: the service is decidedly not offered. */
export interface SrvRecord {
  readonly type: "SRV";
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

/** RFC 2915. */
export interface NaptrRecord {
  readonly type: "NAPTR";
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly services: string;
  readonly regexp: string;
  readonly replacement: string;
}

export type DnsRecord = AddressRecord | SrvRecord | NaptrRecord;

/** Records of the type asked for, or why there are none; how long that stands, and who said it, where that is known. */
export type DnsAnswer = DnsOutcome & { readonly untilMs?: number; readonly source?: string };

type DnsOutcome =
  | { readonly kind: "records"; readonly records: readonly DnsRecord[] }
  /** The name is not there, or has none of that type. */
  | { readonly kind: "none"; readonly detail: string }
  /** A name server answered that it cannot, or will not, say. */
  | { readonly kind: "failed"; readonly detail: string }
  /** No name server answered at all. */
  | { readonly kind: "silent"; readonly detail: string };
