import { Authenticator } from "../auth/index.ts";
import type { Clock } from "../base/clock.ts";
import { digestAlgorithms, type DigestAlgorithm } from "../base/credential.ts";
import type { Random } from "../base/random.ts";
import { sipHashKey } from "../base/siphash.ts";
import type { Directory } from "../directory/index.ts";
import type { LocationStore } from "../location/index.ts";
import type { TraceRecord } from "../trace/index.ts";
import type { Endpoint, TransportLayer } from "../transport/index.ts";
import { newCounters, type ServerCounters } from "./counters.ts";
import { Dispatcher } from "./dispatcher.ts";
import { ownAddresses } from "./own-addresses.ts";
import type { CaseKeeper, Parts, Resolver, ServerLimits } from "./parts.ts";

/** What a server decides by; `config/` makes it from a file and flags, tests write it out. */
export interface ServerSettings {
  /** Domains we are the authority for, lower case. */
  readonly domains: readonly string[];
  readonly auth: "digest" | "none";
  /** "uniform": callers from elsewhere get 480 for an unknown user too. */
  readonly strangers: "honest" | "uniform";
  readonly forceRport: boolean;
  readonly timerCMs: number;
  readonly branchesPerRequest: number;
  readonly bindingsPerAor: number;
  readonly defaultExpiresSeconds: number;
  readonly minExpiresSeconds: number;
  readonly maxExpiresSeconds: number;
  readonly nonceLifetimeMs: number;
  /** Challenges in this order; strongest first where left out. */
  readonly digestAlgorithms?: readonly DigestAlgorithm[];
  /** Host names and addresses besides the listeners' that mean this server. */
  readonly advertisedHosts: readonly string[];
  readonly limits: ServerLimits;
}

/** What a server is put together from. Each has a twin for tests: virtual time, a simulated network, memory. */
export interface ServerWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: TransportLayer;
  readonly directory: Directory;
  readonly location: LocationStore;
  readonly resolver: Resolver;
  readonly cases: CaseKeeper;
  /** 32 hex digits that outlive a restart, so that calls set up before it go on after it. */
  readonly tokenSecret: string;
  /** Local addresses of this machine, for listeners on a wildcard. */
  readonly localAddresses: () => readonly string[];
  readonly fault: (where: string, error: unknown) => void;
}

/** A SIP server that runs. */
export interface SipServer {
  /** Where it listens, ports as the kernel gave them. */
  readonly endpoints: readonly Endpoint[];
  readonly counters: ServerCounters;
  /** Requests that wait for something, oldest first. */
  pending(): TraceRecord[];
  /** Transactions and deadlines held now, for leak checks. */
  held(): { readonly servers: number; readonly clients: number; readonly deadlines: number };
  /** New requests get 503 from now on; those in a dialog go on. */
  drain(): void;
  close(): Promise<void>;
}

/** Deadlines fired in one turn of the event loop; more wait for the next, so that messages get in between. */
const DEADLINES_PER_TURN = 512;

/**
 * Puts a server together and opens its sockets. Stores and cases stay their owner's to close.
 *
 * @throws ServerError `listener-refused`
 */
export async function createServer(
  settings: ServerSettings,
  world: ServerWorld,
): Promise<SipServer> {
  const counters = newCounters();
  const own = ownAddresses(settings, world);
  const parts = partsOf(settings, world, own);
  let bookedMs = Infinity;
  let isClosed = false;
  const settled = (): void => {
    const { nextMs } = dispatcher.transactions.deadlines;
    if (nextMs >= bookedMs || isClosed) return;
    bookedMs = nextMs;
    world.clock.wakeAt(nextMs, wake);
  };
  const wake = (): void => {
    bookedMs = Infinity;
    const nowMs = world.clock.nowMs();
    try {
      dispatcher.transactions.deadlines.wakeDue(nowMs, DEADLINES_PER_TURN);
    } catch (error) {
      counters.faults += 1;
      world.fault("deadline", error);
    }
    settled();
  };
  const dispatcher = new Dispatcher(parts, counters, settled);
  const endpoints = await world.transport.open(dispatcher);
  own.listensOn(endpoints);
  return {
    endpoints,
    counters,
    pending: () => dispatcher.pending(),
    held: () => ({
      servers: dispatcher.transactions.servers.size,
      clients: dispatcher.transactions.clients.size,
      deadlines: dispatcher.transactions.deadlines.size,
    }),
    drain: () => dispatcher.drain(),
    close: () => {
      isClosed = true;
      world.clock.wakeAt(Infinity, wake);
      return world.transport.close();
    },
  };
}

function partsOf(
  settings: ServerSettings,
  world: ServerWorld,
  own: ReturnType<typeof ownAddresses>,
): Parts {
  const { random, clock } = world;
  const authenticator = new Authenticator({
    secret: world.tokenSecret,
    nonceLifetimeMs: settings.nonceLifetimeMs,
    algorithms: settings.digestAlgorithms ?? digestAlgorithms,
    // Counts of nonces from before the start are not known any more.
    nonceFloorMs: clock.nowMs(),
    random,
  });
  return {
    transport: world.transport,
    directory: world.directory,
    location: world.location,
    resolver: world.resolver,
    cases: world.cases,
    forceRport: settings.forceRport,
    limits: settings.limits,
    nowMs: () => clock.nowMs(),
    fault: world.fault,
    proxyOptions: {
      domains: settings.domains,
      isOwnAddress: own.isOwnAddress,
      serves: own.serves,
      auth: settings.auth,
      authenticator,
      strangers: settings.strangers,
      timerCMs: settings.timerCMs,
      branchesPerRequest: settings.branchesPerRequest,
      tokenKey: sipHashKey(world.tokenSecret),
      instanceId: random.hex128().slice(0, 6),
      random,
    },
    registrarOptions: {
      auth: settings.auth === "none" ? "none" : authenticator,
      bindingsPerAor: settings.bindingsPerAor,
      defaultExpiresSeconds: settings.defaultExpiresSeconds,
      minExpiresSeconds: settings.minExpiresSeconds,
      maxExpiresSeconds: settings.maxExpiresSeconds,
    },
  };
}
