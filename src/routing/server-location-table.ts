/** What is asked next to locate a server. "domain" and "addresses" are one question for A and one for AAAA. */
export type Stage =
  /** Which transports the domain offers, where the URI names neither transport nor port. */
  | "naptr"
  /** The servers of one transport. */
  | "srv"
  /** The addresses of the domain itself, where it names no servers. */
  | "domain"
  /** The addresses of a server that an SRV record names, or of a name with a port. */
  | "addresses";

/** What became of the question. "refused": one SRV record that names the root. */
export type Outcome = "records" | "refused" | "none" | "failed" | "silent";

export type Action =
  /** One SRV question for each of the records that we can use, in their order. */
  | "askServicesNamed"
  /** SRV questions for the transports that we speak, UDP first. */
  | "askServicesSpoken"
  /** The servers in the order of RFC 2782; the addresses of each are asked for when its turn comes. */
  | "takeServers"
  /** Destinations: IPv4 before IPv6, each in the order of the answer. */
  | "takeAddresses"
  /** There is nothing here: on to the next question that is still open. */
  | "goOn"
  /** The domain has said no: its own addresses are not asked for. */
  | "goOnWithoutDomain"
  /** Nobody answers about that name; more questions would only wait longer. */
  | "giveUp";

export interface Row {
  readonly does: Action;
  /** Where the standard says so. Written into the trace with the answer. */
  readonly rfc: string;
}

/** RFC 3263 §4.1 and §4.2, with RFC 2782 where they refer to it. */
export const serverLocationTable = {
  naptr: {
    records: { does: "askServicesNamed", rfc: "RFC 3263 §4.1" },
    refused: { does: "askServicesSpoken", rfc: "RFC 3263 §4.1" },
    none: { does: "askServicesSpoken", rfc: "RFC 3263 §4.1" },
    // Name servers that do not know the type say so in many ways: the standard goes on as without records.
    failed: { does: "askServicesSpoken", rfc: "RFC 3263 §4.1" },
    silent: { does: "giveUp", rfc: "RFC 3263 §4.1" },
  },
  srv: {
    records: { does: "takeServers", rfc: "RFC 3263 §4.2" },
    refused: { does: "goOnWithoutDomain", rfc: "RFC 2782" },
    none: { does: "goOn", rfc: "RFC 3263 §4.2" },
    // There may be servers: then the domain's own address is not where to go.
    failed: { does: "goOnWithoutDomain", rfc: "RFC 2782" },
    silent: { does: "giveUp", rfc: "RFC 2782" },
  },
  domain: {
    records: { does: "takeAddresses", rfc: "RFC 3263 §4.2" },
    refused: { does: "goOn", rfc: "RFC 3263 §4.2" },
    none: { does: "goOn", rfc: "RFC 3263 §4.2" },
    failed: { does: "goOn", rfc: "RFC 3263 §4.2" },
    silent: { does: "goOn", rfc: "RFC 3263 §4.2" },
  },
  addresses: {
    records: { does: "takeAddresses", rfc: "RFC 3263 §4.2" },
    refused: { does: "goOn", rfc: "RFC 2782" },
    none: { does: "goOn", rfc: "RFC 2782" },
    failed: { does: "goOn", rfc: "RFC 2782" },
    silent: { does: "goOn", rfc: "RFC 2782" },
  },
} as const satisfies Record<Stage, Record<Outcome, Row>>;
