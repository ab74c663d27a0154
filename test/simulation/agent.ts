import type { Endpoint } from "../../src/base/endpoint.ts";
import type { Random } from "../../src/base/random.ts";
import { formatHost } from "../../src/message/index.ts";
import { UserAgentDriver, type Resolver, type UserAgentNews } from "../../src/server/index.ts";
import type { SimulatedNetwork, VirtualTime } from "../../src/testing/index.ts";
import type { TransportLayer } from "../../src/transport/index.ts";
import { UserAgent, type AnswerScript, type UserAgentOutput } from "../../src/user-agent/index.ts";
import { SERVER_IPV4, SERVER_IPV6 } from "./addresses.ts";

export interface AgentOptions {
  /** What a ladder calls it. */
  readonly name: string;
  /** `sip:alice@example.org` */
  readonly aor: string;
  readonly local: Endpoint;
  readonly script: AnswerScript;
  readonly password?: string | undefined;
  readonly q?: number | undefined;
}

/** What an agent lives in. */
export interface AgentWorld {
  readonly time: VirtualTime;
  readonly network: SimulatedNetwork;
  readonly resolver: Resolver;
  readonly random: Random;
}

/** A device of somebody's, on the simulated network: a user agent with the server as its outbound proxy. */
export class Agent {
  readonly name: string;
  readonly options: AgentOptions;
  /** All it was told but the ladder, in order. */
  readonly news: Exclude<UserAgentNews, { readonly kind: "ladder" }>[] = [];
  #userAgent: UserAgent;
  #driver: UserAgentDriver;
  readonly #transport: TransportLayer;
  readonly #world: AgentWorld;
  /** Calls that have not ended: how many ends of each are here (a fork may ring its caller), and which are answered. */
  readonly #calls = new Map<string, number>();
  readonly #answered = new Set<string>();
  #made: string[] = [];
  #isLeaving = false;
  #death: "closed" | "unplugged" | undefined = undefined;

  constructor(options: AgentOptions, world: AgentWorld) {
    this.name = options.name;
    this.options = options;
    this.#world = world;
    this.#transport = world.network.layer([options.local]);
    this.#userAgent = userAgentOf(options, options.script, world.random);
    this.#driver = this.#driverOf(this.#userAgent);
  }

  get userAgent(): UserAgent {
    return this.#userAgent;
  }

  /** Calls it made or was rung by and that are not over. */
  get openCalls(): readonly string[] {
    return [...this.#calls.keys()];
  }

  /** Calls that it made and never heard the end of. */
  get unendedCalls(): readonly string[] {
    return this.#made.filter(
      (callId) => !this.news.some((news) => news.kind === "callEnded" && news.callId === callId),
    );
  }

  get isDead(): boolean {
    return this.#death !== undefined;
  }

  async open(): Promise<void> {
    await this.#transport.open(this.#driver);
  }

  register(expiresSeconds: number): void {
    this.#act((nowMs, out) => this.userAgent.register(expiresSeconds, nowMs, out));
  }

  /** @returns the Call-ID; "" when it is dead */
  call(uri: string): string {
    let callId = "";
    this.#act((nowMs, out) => {
      callId = this.userAgent.call(uri, nowMs, out);
      this.#made.push(callId);
      this.#count(callId, 1);
    });
    return callId;
  }

  hangUp(callId: string): void {
    this.#act((nowMs, out) => this.userAgent.hangUp(callId, nowMs, out));
  }

  ask(method: "OPTIONS" | "MESSAGE", uri: string): void {
    this.#act((nowMs, out) => this.userAgent.ask(method, uri, nowMs, out));
  }

  /** Hangs up what is answered, now and whenever it is answered later; what rings goes on ringing. */
  leave(): void {
    this.#isLeaving = true;
    for (const callId of this.#answered) this.hangUp(callId);
  }

  /** Nobody lets a telephone ring for ever, least of all when the caller could not tell it that it is over. */
  stopRinging(): void {
    for (const callId of this.openCalls) this.hangUp(callId);
  }

  /** Its ports close, which whoever sends there is told of; or its cable is pulled, and nobody is told. */
  die(how: "closed" | "unplugged"): void {
    if (this.isDead) return;
    this.#death = how;
    if (how === "unplugged") this.#world.network.unplug(this.options.local.address);
    else void this.#driver.close();
  }

  /** The cable is back in, and it goes on with what it was doing; or it starts anew, and knows of nothing. */
  comeBack(): void {
    if (this.#death === "unplugged") {
      this.#world.network.plug(this.options.local.address);
      // What was said meanwhile may not be said again: a stream repeats nothing here, and 64*T1 may be over.
      this.excuseCalls();
    }
    if (this.#death === "closed") {
      this.#userAgent = userAgentOf(this.options, this.#userAgent.answer, this.#world.random);
      this.#driver = this.#driverOf(this.#userAgent);
      this.#calls.clear();
      this.#answered.clear();
      this.#made = [];
      void this.open();
    }
    this.#death = undefined;
    if (this.#isLeaving) this.leave();
  }

  /** Whoever could have told this agent of the end of what rings is gone, or could not reach it. */
  excuseCalls(): void {
    this.#made = this.#made.filter(
      (callId) => this.#answered.has(callId) || !this.#calls.has(callId),
    );
  }

  #act(input: (nowMs: number, out: UserAgentOutput[]) => void): void {
    if (this.isDead) return;
    this.#driver.act((_, nowMs, out) => input(nowMs, out));
  }

  #driverOf(userAgent: UserAgent): UserAgentDriver {
    return new UserAgentDriver(userAgent, {
      transport: this.#transport,
      clock: this.#world.time.clock(),
      resolver: this.#world.resolver,
      random: this.#world.random,
      tell: (news) => this.#hear(news),
    });
  }

  #hear(news: UserAgentNews): void {
    if (news.kind === "ladder") return;
    this.news.push(news);
    if (news.kind === "callArrived") this.#count(news.request.callId, 1);
    if (news.kind === "callEnded") this.#count(news.callId, -1);
    if (news.kind !== "callEstablished") return;
    this.#answered.add(news.callId);
    // Not from inside the input that told us: one input, drain, next input.
    if (this.#isLeaving) this.#world.time.after(1, () => this.hangUp(news.callId));
  }

  #count(callId: string, change: number): void {
    const count = (this.#calls.get(callId) ?? 0) + change;
    if (count > 0) this.#calls.set(callId, count);
    else {
      this.#calls.delete(callId);
      this.#answered.delete(callId);
    }
  }
}

function userAgentOf(options: AgentOptions, script: AnswerScript, random: Random): UserAgent {
  const { aor, local, password, q } = options;
  const server = local.address.includes(":") ? SERVER_IPV6 : SERVER_IPV4;
  const transport = local.transport === "udp" ? "" : ";transport=tcp";
  return new UserAgent(
    {
      aor,
      local,
      random,
      password,
      outboundProxy: `sip:${formatHost(server)}:5060${transport}`,
      mediaPort: 4_000,
      ...(q === undefined ? {} : { q }),
    },
    script,
  );
}
