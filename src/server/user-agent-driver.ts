import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import { ServerError } from "../causes/index.ts";
import { parseMessage, parseUri } from "../message/index.ts";
import { nextHopOf } from "../routing/index.ts";
import type { Flow, TransportEvents, TransportLayer } from "../transport/index.ts";
import type { UserAgent, UserAgentOutput } from "../user-agent/index.ts";
import { locate } from "./locate.ts";
import type { Resolver } from "./parts.ts";

/** Flows whose requests may still be answered, and requests whose sending may still fail; the oldest go. */
const FLOWS_KEPT = 1_024;

/** What a user agent tells whoever runs it: all of its outputs but the sends. */
export type UserAgentNews = Exclude<
  UserAgentOutput,
  { readonly kind: "sendRequest" | "sendResponse" }
>;

/**
 * Runs a user agent on a transport and a clock: real ones for `call` and `demo`, virtual ones in simulations. Give it
 * to the transport's `open`; call the user agent only through `act`.
 */
export class UserAgentDriver implements TransportEvents {
  readonly #userAgent: UserAgent;
  readonly #transport: TransportLayer;
  readonly #clock: Clock;
  readonly #resolver: Resolver;
  readonly #random: Random;
  readonly #tell: (news: UserAgentNews) => void;
  readonly #flows = new Map<number, Flow>();
  #lastFlowId = 0;
  /** Transactions that wait for a response, by the transport's token. */
  readonly #tokens = new Map<number, string>();
  #lastToken = 0;

  constructor(
    userAgent: UserAgent,
    world: {
      readonly transport: TransportLayer;
      readonly clock: Clock;
      readonly resolver: Resolver;
      readonly random: Random;
      readonly tell: (news: UserAgentNews) => void;
    },
  ) {
    this.#userAgent = userAgent;
    this.#transport = world.transport;
    this.#clock = world.clock;
    this.#resolver = world.resolver;
    this.#random = world.random;
    this.#tell = world.tell;
  }

  /** One input to the user agent, its outputs performed and its next deadline booked. */
  act<Result>(
    input: (userAgent: UserAgent, nowMs: number, out: UserAgentOutput[]) => Result,
  ): Result {
    const out: UserAgentOutput[] = [];
    const result = input(this.#userAgent, this.#clock.nowMs(), out);
    for (const output of out) this.#perform(output);
    this.#clock.wakeAt(this.#userAgent.deadlineMs, () => {
      this.act((userAgent, nowMs, later) => userAgent.advance(nowMs, later));
    });
    return result;
  }

  /** Forgets what is pending and closes the transport. */
  close(): Promise<void> {
    this.#clock.wakeAt(Infinity, () => undefined);
    return this.#transport.close();
  }

  datagram(text: string, flow: Flow): void {
    this.message(text, flow);
  }

  message(text: string, flow: Flow): void {
    const source = { address: flow.remoteAddress, port: flow.remotePort };
    const parsed = parseMessage(text, source);
    if (parsed.kind === "malformed") return;
    const flowId = this.#idOf(flow);
    this.act((userAgent, nowMs, out) => userAgent.receive(parsed, flowId, nowMs, out));
  }

  unframable(): void {
    // A test peer owes a broken stream nothing; the connection closes.
  }

  sendFailed(_flow: Flow, token: number): void {
    const key = this.#tokens.get(token);
    if (key === undefined) return;
    this.#tokens.delete(token);
    this.act((userAgent, nowMs, out) => userAgent.transportFailed(key, nowMs, out));
  }

  closed(): void {
    // Transactions on it run into their timers, as over UDP.
  }

  #perform(output: UserAgentOutput): void {
    if (output.kind === "sendRequest") {
      this.#send(output.text, output.nextHop, output.transactionKey);
    } else if (output.kind === "sendResponse") {
      const flow = this.#flows.get(output.flowId);
      if (flow !== undefined) this.#transport.send(flow, output.text, 0);
    } else this.#tell(output);
  }

  /** To where the URI leads (RFC 3261 §8.1.2, RFC 3263 §4): the first destination alone. */
  #send(text: string, nextHop: string, transactionKey: string | undefined): void {
    const uri = parseUri(nextHop);
    const hop = uri === undefined ? undefined : nextHopOf(uri);
    if (hop?.kind === "destination") {
      this.#sendTo(this.#transport.flowTo(hop.destination), text, transactionKey);
    } else if (hop?.kind === "locate") {
      locate(hop.server, this.#resolver, this.#random).then(
        (destination) => this.#sendTo(this.#transport.flowTo(destination), text, transactionKey),
        () => this.#unsendable(transactionKey),
      );
    } else this.#unsendable(transactionKey);
  }

  #sendTo(flow: Flow | ServerError, text: string, transactionKey: string | undefined): void {
    if (flow instanceof ServerError) {
      this.#unsendable(transactionKey);
      return;
    }
    let token = 0;
    if (transactionKey !== undefined) {
      this.#lastToken += 1;
      token = this.#lastToken;
      this.#tokens.set(token, transactionKey);
      this.#tokens.delete(token - FLOWS_KEPT);
      // A peer that is not there is heard of by the second attempt at the latest.
      if (!flow.isReliable) this.#transport.watch(flow);
    }
    this.#transport.send(flow, text, token);
  }

  #unsendable(transactionKey: string | undefined): void {
    if (transactionKey === undefined) return;
    // Not from inside the input that sent it: one input, drain, next input.
    queueMicrotask(() => {
      this.act((userAgent, nowMs, out) => userAgent.transportFailed(transactionKey, nowMs, out));
    });
  }

  #idOf(flow: Flow): number {
    this.#lastFlowId += 1;
    this.#flows.set(this.#lastFlowId, flow);
    if (this.#flows.size > FLOWS_KEPT) this.#flows.delete(this.#lastFlowId - FLOWS_KEPT);
    return this.#lastFlowId;
  }
}
