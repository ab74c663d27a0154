import type { DnsAnswer, DnsQuestion } from "../base/dns.ts";
import { formatEndpoint, type Endpoint } from "../base/endpoint.ts";
import type { AvoidedDestinations } from "./avoided-destinations.ts";
import { ServerLocation, type LocationStep } from "./server-location.ts";
import type { ServerName } from "./server-name.ts";
import type { Row } from "./server-location-table.ts";

/** One request tries no more destinations of one target than that. */
export const DESTINATIONS_MAX = 16;

/** What a list is made of: places, and names whose servers are located when their turn comes. */
export type ListedHop = Endpoint | ServerName;

/** Told of each destination that is passed over: to the trace, mostly. */
export type Skipped = (destination: string, why: "avoided" | "failed", untilMs: number) => void;

/** What a list decides by besides its hops. */
export interface DestinationListOptions {
  /** Draws among SRV records of one priority: from 0 up to 1. */
  readonly fraction: () => number;
  readonly avoided: AvoidedDestinations;
  /** Destinations, as {@link formatEndpoint} writes them, that failed for this request already. */
  readonly failed: ReadonlySet<string>;
}

/**
 * Where one request may be sent for one next hop, in the order to try (RFC 3263 §4.3), handed out one at a time: what
 * one URI leads to, or hops that somebody listed. Each destination once; one that failed for this request not again;
 * one that is avoided after all others.
 */
export class DestinationList {
  readonly #hops: readonly ListedHop[];
  readonly #options: DestinationListOptions;
  #nextHop = 0;
  /** Which of the hops the last step was about, from 0 up. */
  hop = 0;
  #location: ServerLocation | undefined = undefined;
  readonly #given = new Set<string>();
  readonly #avoided: { readonly destination: Endpoint; readonly hop: number }[] = [];
  #detail = "";

  constructor(hops: readonly ListedHop[], options: DestinationListOptions) {
    this.#hops = hops;
    this.#options = options;
  }

  /** The next destination, or what must be known before there is one. */
  next(nowMs: number, skipped: Skipped): LocationStep {
    for (;;) {
      const step = this.#given.size < DESTINATIONS_MAX ? this.#step() : EXHAUSTED;
      if (step.kind === "exhausted") return this.#lastResort(skipped) ?? this.#exhausted();
      if (step.kind !== "destination") return step;
      const key = keyOf(step.destination);
      if (this.#given.has(key)) continue;
      this.#given.add(key);
      if (this.#options.failed.has(key)) {
        this.#detail = `${key} failed for this request already`;
        skipped(key, "failed", 0);
        continue;
      }
      const avoided = this.#options.avoided.find(step.destination, nowMs);
      if (avoided === undefined) return step;
      this.#avoided.push({ destination: step.destination, hop: this.hop });
      skipped(key, "avoided", avoided.untilMs);
    }
  }

  /** @returns the row of RFC 3263 that applies */
  answered(question: DnsQuestion, answer: DnsAnswer): Row | undefined {
    return this.#location?.answered(question, answer);
  }

  #step(): LocationStep {
    for (;;) {
      const step = this.#location?.next() ?? EXHAUSTED;
      if (step.kind !== "exhausted") return step;
      if (step.detail !== "") this.#detail = step.detail;
      this.#location = undefined;
      const hop = this.#hops[this.#nextHop];
      if (hop === undefined) return EXHAUSTED;
      this.hop = this.#nextHop;
      this.#nextHop += 1;
      if ("address" in hop) return { kind: "destination", destination: hop };
      this.#location = new ServerLocation(hop, this.#options.fraction);
    }
  }

  /** Tried last rather than never. */
  #lastResort(skipped: Skipped): LocationStep | undefined {
    for (;;) {
      const avoided = this.#avoided.shift();
      if (avoided === undefined) return undefined;
      const { destination, hop } = avoided;
      this.hop = hop;
      const key = keyOf(destination);
      if (!this.#options.failed.has(key)) return { kind: "destination", destination };
      skipped(key, "failed", 0);
    }
  }

  #exhausted(): LocationStep {
    return { kind: "exhausted", detail: this.#detail };
  }
}

const EXHAUSTED = { kind: "exhausted", detail: "" } as const;

function keyOf({ transport, address, port }: Endpoint): string {
  return formatEndpoint(transport, address, port);
}
