import { assert } from "../base/assert.ts";
import type { DnsAnswer, DnsQuestion, NaptrRecord, SrvRecord } from "../base/dns.ts";
import type { Endpoint, TransportName } from "../base/endpoint.ts";
import { canonicalName, DEFAULT_SIP_PORT } from "./next-hop.ts";
import { numericAddress } from "./numeric-address.ts";
import { servicesInOrder } from "./naptr-order.ts";
import {
  serverLocationTable,
  type Action,
  type Outcome,
  type Row,
  type Stage,
} from "./server-location-table.ts";
import type { ServerName } from "./server-name.ts";
import { srvInOrder } from "./srv-order.ts";

/** A name that is asked about through more questions than that leads nowhere. */
export const QUESTIONS_MAX = 64;

/** Each silence is seconds of waiting; after so many the name leads nowhere. */
const SILENCES_MAX = 2;

/** Of two that a domain offers without preferring one, in this order (RFC 3263 §4.1: UDP is the one sure to be there). */
const SPOKEN: readonly TransportName[] = ["udp", "tcp"];

/** What the machine wants, or has. */
export type LocationStep =
  | { readonly kind: "destination"; readonly destination: Endpoint }
  /** Each is to be answered, in any order; until then it is "awaiting". */
  | { readonly kind: "ask"; readonly questions: readonly DnsQuestion[] }
  | { readonly kind: "awaiting" }
  /** Nothing is left. `detail` says what the questions came to where nothing was found at all. */
  | { readonly kind: "exhausted"; readonly detail: string };

/** One question that is still open, or is being asked. */
interface Query {
  readonly stage: Stage;
  readonly name: string;
  readonly transport: TransportName;
  readonly port: number;
}

/**
 * RFC 3263 §4.1 and §4.2 for one name, as a machine: `next` gives a destination or the questions that must be answered
 * first, `answered` takes an answer. Lazy: what an answer would only be needed for after another destination has
 * failed is not asked before.
 *
 * Holds no clock and no socket; what is drawn comes from `fraction`.
 */
export class ServerLocation {
  readonly #server: ServerName;
  readonly #fraction: () => number;
  /** What is still to be asked, the next one last. */
  readonly #open: Query[] = [];
  readonly #found: Endpoint[] = [];
  readonly #details: string[] = [];
  #asking: Query | undefined = undefined;
  #awaited = 0;
  #questions = 0;
  #silences = 0;
  #silent: Query | undefined = undefined;
  #hasFound = false;
  /** Held back until A has been answered too. */
  #ipv6: Endpoint[] = [];

  constructor(server: ServerName, fraction: () => number) {
    this.#server = server;
    this.#fraction = fraction;
    const { name, port, transport } = server;
    if (port !== undefined) {
      // "If the TARGET was not a numeric IP address, but a port is present": no SRV (RFC 3263 §4.2).
      this.#open.push({ stage: "addresses", name, transport: transport ?? "udp", port });
    } else if (transport === undefined) {
      this.#open.push({ stage: "naptr", name, transport: "udp", port: DEFAULT_SIP_PORT });
    } else this.#askServices([[serviceOf(name, transport), transport]], transport);
  }

  next(): LocationStep {
    for (;;) {
      const destination = this.#found.shift();
      if (destination !== undefined) return { kind: "destination", destination };
      if (this.#awaited > 0) return { kind: "awaiting" };
      const query = this.#questions < QUESTIONS_MAX ? this.#open.pop() : undefined;
      if (query === undefined) {
        return { kind: "exhausted", detail: this.#hasFound ? "" : this.#details.join("; ") };
      }
      const address = addressIn(query);
      if (address === undefined) return this.#ask(query);
      this.#take({ transport: query.transport, address, port: query.port });
    }
  }

  /** @returns the row that applies, for the trace */
  answered(question: DnsQuestion, answer: DnsAnswer): Row {
    const query = this.#asking;
    assert(query !== undefined && this.#awaited > 0, "an answer is to a question that was asked");
    this.#awaited -= 1;
    const outcome = outcomeOf(question, answer);
    const row: Row = serverLocationTable[query.stage][outcome];
    // A and AAAA are asked at once: their silences are one wait.
    if (outcome === "silent" && query !== this.#silent) {
      this.#silent = query;
      this.#silences += 1;
    }
    this.#act(this.#silences < SILENCES_MAX ? row.does : "giveUp", query, answer);
    if (isReason(query.stage, row.does)) this.#note(question, answer);
    if (this.#awaited === 0) {
      for (const destination of this.#ipv6) this.#take(destination);
      this.#ipv6 = [];
    }
    return row;
  }

  #ask(query: Query): LocationStep {
    this.#asking = query;
    const { stage, name } = query;
    this.#questions += 1;
    if (stage === "naptr" || stage === "srv") {
      this.#awaited = 1;
      return { kind: "ask", questions: [{ type: stage === "naptr" ? "NAPTR" : "SRV", name }] };
    }
    this.#awaited = 2;
    return {
      kind: "ask",
      questions: [
        { type: "A", name },
        { type: "AAAA", name },
      ],
    };
  }

  #act(action: Action, query: Query, answer: DnsAnswer): void {
    const { name } = this.#server;
    const records = answer.kind === "records" ? answer.records : [];
    switch (action) {
      case "askServicesNamed": {
        const services = servicesInOrder(records.filter((record) => record.type === "NAPTR"));
        this.#askServices(services, services[0]?.[1] ?? "udp");
        return;
      }
      case "askServicesSpoken":
        this.#askServices(
          SPOKEN.map((transport) => [serviceOf(name, transport), transport]),
          "udp",
        );
        return;
      case "takeServers": {
        this.#forgetDomain();
        const servers = records.filter((record) => record.type === "SRV");
        for (const { target, port } of srvInOrder(servers, this.#fraction).toReversed()) {
          const { transport } = query;
          if (target === "") continue;
          this.#open.push({ stage: "addresses", name: canonicalName(target), transport, port });
        }
        return;
      }
      case "takeAddresses":
        for (const record of records) {
          if (record.type !== "A" && record.type !== "AAAA") continue;
          const destination = {
            transport: query.transport,
            address: record.address,
            port: query.port,
          };
          // Of the two, IPv4 is the one that a SIP peer with both is sure to listen on.
          if (record.type === "A") this.#take(destination);
          else this.#ipv6.push(destination);
        }
        return;
      case "goOn":
        return;
      case "goOnWithoutDomain":
        this.#forgetDomain();
        return;
      case "giveUp":
        this.#open.length = 0;
    }
  }

  /** The last resort is the domain's own address, by the transport that is preferred (RFC 3263 §4.2). */
  #askServices(
    services: readonly (readonly [name: string, transport: TransportName])[],
    preferred: TransportName,
  ): void {
    const { name } = this.#server;
    this.#open.push({ stage: "domain", name, transport: preferred, port: DEFAULT_SIP_PORT });
    for (const [service, transport] of services.toReversed()) {
      this.#open.push({ stage: "srv", name: service, transport, port: DEFAULT_SIP_PORT });
    }
  }

  /** Said when nothing at all is found, each reason once. */
  #note({ name }: DnsQuestion, answer: DnsAnswer): void {
    const why = answer.kind === "records" ? NOT_OFFERED : answer.detail;
    const detail = `${name}: ${why}`;
    if (!this.#details.includes(detail)) this.#details.push(detail);
  }

  #forgetDomain(): void {
    const at = this.#open.findIndex(({ stage }) => stage === "domain");
    if (at !== -1) this.#open.splice(at, 1);
  }

  #take(destination: Endpoint): void {
    this.#hasFound = true;
    this.#found.push(destination);
  }
}

const NOT_OFFERED = "the domain says that it offers no such service";

/** A question that leads to others is no reason by itself. */
function isReason(stage: Stage, action: Action): boolean {
  if (action === "giveUp" || action === "goOnWithoutDomain") return true;
  return action === "goOn" && (stage === "domain" || stage === "addresses");
}

function serviceOf(name: string, transport: TransportName): string {
  return `_sip._${transport}.${name}`;
}

/** An SRV record must name a name (RFC 2782), and many name an address all the same. */
function addressIn({ stage, name }: Query): string | undefined {
  return stage === "addresses" ? numericAddress(name) : undefined;
}

function outcomeOf({ type }: DnsQuestion, answer: DnsAnswer): Outcome {
  if (answer.kind !== "records") return answer.kind;
  const records = answer.records.filter((record) => record.type === type);
  if (type === "SRV") {
    const servers = records as readonly SrvRecord[];
    if (servers.length > 0 && servers.every(({ target }) => target === "")) return "refused";
  }
  if (type === "NAPTR" && servicesInOrder(records as readonly NaptrRecord[]).length === 0) {
    return "none";
  }
  return records.length === 0 ? "none" : "records";
}
