import type { Random } from "../base/random.ts";
import { ServerError } from "../causes/index.ts";
import { AvoidedDestinations, DestinationList, type ListedHop } from "../routing/index.ts";
import type { TransportLayer } from "../transport/index.ts";
import type { Resolver } from "./parts.ts";
import type { ServerEntry } from "./transaction-entries.ts";

/** Responses on their second way that may still be told to have failed; the oldest is forgotten first. */
const RETURNS_MAX = 256;

/**
 * A response is tried at no more places than that. A stranger chooses the sent-by, and one request of his must not
 * become a crowd of connections to somebody else.
 */
const PLACES_MAX = 4;

/** One response, and the places that it is tried at. */
interface Return {
  readonly entry: ServerEntry;
  readonly text: string;
  readonly places: DestinationList;
  /** On its way, or never to be sent again. */
  isSent: boolean;
  tries: number;
}

/**
 * Responses whose connection is gone before they could be sent: by a new one to where the request came from, at the
 * port of the sent-by (RFC 3261 §18.2.2); when that fails to the sent-by itself, whatever it names, to each place in
 * turn (RFC 3263 §5). Where none can be reached the response is dropped (RFC 3261 §16.9).
 *
 * Deviation: RFC 3261 §18.2.2 would have the same for UDP where a port turns out to be closed. One datagram that fails
 * is not heard of here; a client that hears nothing sends its request again.
 */
export class ResponseReturns {
  readonly #transport: TransportLayer;
  readonly #resolver: Resolver;
  readonly #random: Random;
  /** By token; the transport knows them as negative, apart from those of client transactions. */
  readonly #sent = new Map<number, Return>();
  readonly #nothingAvoided = new AvoidedDestinations();
  #lastToken = 0;

  constructor(transport: TransportLayer, resolver: Resolver, random: Random) {
    this.#transport = transport;
    this.#resolver = resolver;
    this.#random = random;
  }

  send(entry: ServerEntry, text: string): void {
    const { transport, remoteAddress: address } = entry.flow;
    const hops: ListedHop[] = [{ transport, address, port: entry.sentByPort }];
    if (entry.sentBy !== undefined) hops.push(entry.sentBy);
    const places = new DestinationList(hops, {
      fraction: () => this.#random.fraction(),
      avoided: this.#nothingAvoided,
      failed: new Set(),
    });
    this.#next({ entry, text, places, isSent: false, tries: 0 });
  }

  /** What this (negative) token stands for could not be sent. */
  failed(token: number): void {
    const returning = this.#sent.get(-token);
    if (returning === undefined) return;
    this.#sent.delete(-token);
    returning.isSent = false;
    this.#next(returning);
  }

  #next(returning: Return): void {
    const { entry, text, places } = returning;
    while (!returning.isSent && returning.tries < PLACES_MAX) {
      const step = places.next(0, () => undefined);
      if (step.kind === "ask") {
        for (const question of step.questions) {
          const answer = this.#resolver.ask(question);
          if (answer instanceof Promise) {
            void answer.then((given) => {
              places.answered(question, given);
              this.#next(returning);
            });
          } else places.answered(question, answer);
        }
      } else if (step.kind === "destination") {
        returning.tries += 1;
        const flow = this.#transport.flowTo(step.destination);
        if (flow instanceof ServerError) continue;
        entry.flow = flow;
        returning.isSent = true;
        this.#transport.send(flow, text, this.#tokenOf(returning));
      } else return;
    }
  }

  #tokenOf(returning: Return): number {
    this.#lastToken += 1;
    this.#sent.set(this.#lastToken, returning);
    this.#sent.delete(this.#lastToken - RETURNS_MAX);
    return -this.#lastToken;
  }
}
