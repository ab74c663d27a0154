import { Authenticator } from "../auth/index.ts";
import { digestAlgorithms } from "../base/credential.ts";
import { sipHashKey } from "../base/siphash.ts";
import { NOTHING_CONFIGURED } from "../proxy/index.ts";
import { AvoidedDestinations } from "../routing/index.ts";
import type { TraceRecord } from "../trace/index.ts";
import type { Endpoint } from "../transport/index.ts";
import { newCounters, type ServerCounters } from "./counters.ts";
import { Dispatcher } from "./dispatcher.ts";
import { gatewayStates, type GatewayState } from "./gateway-states.ts";
import type { HeldState } from "./held-state.ts";
import type { ServerSettings, ServerWorld } from "./world.ts";
import { ownAddresses } from "./own-addresses.ts";
import type { Parts } from "./parts.ts";

/** A SIP server that runs. */
export interface SipServer {
  /** Where it listens, ports as the kernel gave them. */
  readonly endpoints: readonly Endpoint[];
  readonly counters: ServerCounters;
  /** Destinations that were found dead a while ago. */
  readonly avoided: AvoidedDestinations;
  /** Each gateway of the configuration: whether it is there, and what goes to it. */
  gateways(): readonly GatewayState[];
  /** Requests that wait for something, oldest first. */
  pending(): TraceRecord[];
  /** What is held now, for leak checks. */
  held(): HeldState;
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
  dispatcher.opened();
  dispatcher.probes.start(world.clock.nowMs());
  settled();
  return {
    endpoints,
    counters,
    avoided: parts.proxyOptions.avoided,
    gateways: () => gatewayStates(parts, dispatcher.probes),
    pending: () => dispatcher.pending(),
    held: () => dispatcher.held(),
    drain: () => dispatcher.drain(),
    close: () => {
      dispatcher.stop(world.clock.nowMs());
      isClosed = true;
      world.clock.wakeAt(Infinity, wake);
      return world.transport.close();
    },
  };
}

const nobodyIsTold = (): void => undefined;

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
    md5OnlyFor: settings.md5OnlyFor ?? [],
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
    gateways: settings.gateways ?? [],
    gatewayChanged: world.gatewayChanged ?? nobodyIsTold,
    nowMs: () => clock.nowMs(),
    fault: world.fault,
    proxyOptions: {
      domains: settings.domains,
      isOwnAddress: own.isOwnAddress,
      serves: own.serves,
      auth: settings.auth,
      authenticator,
      avoided: new AvoidedDestinations(settings.avoidDeadMs),
      configured: settings.configured ?? NOTHING_CONFIGURED,
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
