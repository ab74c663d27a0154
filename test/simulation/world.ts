import { credentialOf } from "../../src/auth/index.ts";
import type { Endpoint } from "../../src/base/endpoint.ts";
import { seededRandom, type Random } from "../../src/base/random.ts";
import { ServerError } from "../../src/causes/index.ts";
import { memoryDirectory, type Directory, type DirectoryEntry } from "../../src/directory/index.ts";
import { memoryLocationStore, type LocationStore } from "../../src/location/index.ts";
import { domainOf, parseAor, userOf, type Aor } from "../../src/message/index.ts";
import {
  createServer,
  type Resolver,
  type ServerSettings,
  type SipServer,
} from "../../src/server/index.ts";
import { NameZone, PERFECT, SimulatedNetwork, VirtualTime } from "../../src/testing/index.ts";
import type { NetworkFaults } from "../../src/testing/index.ts";
import type { TraceRecord } from "../../src/trace/index.ts";
import type { TransportEvents, TransportLayer } from "../../src/transport/index.ts";
import { isServer, SERVER_ENDPOINTS } from "./addresses.ts";
import { Agent, type AgentOptions } from "./agent.ts";
import { zoneOf } from "./names.ts";
import { STRAY_ADDRESS } from "./stray.ts";
import { WireLog } from "./wire.ts";

export const DEFAULT_SETTINGS: ServerSettings = {
  domains: ["example.org"],
  auth: "none",
  strangers: "honest",
  forceRport: false,
  timerCMs: 181_000,
  branchesPerRequest: 12,
  bindingsPerAor: 10,
  defaultExpiresSeconds: 60,
  minExpiresSeconds: 10,
  maxExpiresSeconds: 7_200,
  nonceLifetimeMs: 60_000,
  advertisedHosts: [],
  limits: { transactions: 10_000, questionMs: 60_000 },
};

export interface WorldOptions {
  readonly seed?: number;
  readonly faults?: NetworkFaults;
  readonly settings?: Partial<ServerSettings>;
  readonly entries?: readonly DirectoryEntry[];
  /** Names elsewhere and where they lead; whatever is not listed resolves to nothing. */
  readonly names?: Readonly<Record<string, readonly Endpoint[]>>;
  /** Stores and resolver answer after up to this long, and not at once. */
  readonly questionsTakeMs?: number;
}

/** A whole server and its peers on a simulated network, in virtual time: the same options give the same run. */
export class World {
  readonly time: VirtualTime;
  readonly network: SimulatedNetwork;
  readonly server: SipServer;
  readonly wire: WireLog;
  readonly records: readonly TraceRecord[];
  readonly faults: readonly string[];
  readonly agents: Agent[] = [];
  readonly #random: Random;
  /** What the DNS says; may change in the middle of a run. */
  readonly zone: NameZone;
  readonly #resolver: Resolver;
  readonly #strays: TransportLayer;

  private constructor(parts: {
    readonly time: VirtualTime;
    readonly network: SimulatedNetwork;
    readonly server: SipServer;
    readonly wire: WireLog;
    readonly records: readonly TraceRecord[];
    readonly faults: readonly string[];
    readonly random: Random;
    readonly resolver: Resolver;
    readonly zone: NameZone;
    readonly strays: TransportLayer;
  }) {
    this.time = parts.time;
    this.network = parts.network;
    this.server = parts.server;
    this.wire = parts.wire;
    this.records = parts.records;
    this.faults = parts.faults;
    this.#random = parts.random;
    this.#resolver = parts.resolver;
    this.zone = parts.zone;
    this.#strays = parts.strays;
  }

  static async open(options: WorldOptions = {}): Promise<World> {
    const seed = options.seed ?? 1;
    const time = new VirtualTime();
    const network = new SimulatedNetwork(time, seededRandom(seed), options.faults ?? PERFECT);
    const wire = new WireLog(isServer);
    network.watch = (carried) => wire.add(carried);
    const records: TraceRecord[] = [];
    const faults: string[] = [];
    const random = seededRandom(seed + 1_000_003);
    const wait = waiting(time, options.questionsTakeMs ?? 0, seededRandom(seed + 7));
    const zone = new NameZone(zoneOf(options.names ?? {}));
    const resolver = slowNames(zone, wait);
    const server = await createServer(
      { ...DEFAULT_SETTINGS, ...options.settings },
      {
        clock: time.clock(),
        random,
        transport: network.layer(SERVER_ENDPOINTS),
        directory: slowDirectory(memoryDirectory(options.entries ?? []), wait),
        location: slowLocation(memoryLocationStore(), wait),
        resolver,
        cases: { keep: (record) => void records.push(record) },
        tokenSecret: random.hex128(),
        localAddresses: () => [],
        fault: (where, error) => {
          faults.push(`${where}: ${error instanceof Error ? (error.stack ?? "") : String(error)}`);
        },
      },
    );
    const strays = network.layer([{ transport: "udp", address: STRAY_ADDRESS, port: 5060 }]);
    await strays.open(NOBODY);
    return new World({
      time,
      network,
      server,
      wire,
      records,
      faults,
      random,
      resolver,
      zone,
      strays,
    });
  }

  /** One datagram from somebody who listens to no answer. */
  send(text: string): void {
    const [to] = SERVER_ENDPOINTS;
    const flow = to === undefined ? undefined : this.#strays.flowTo(to);
    if (flow === undefined || flow instanceof ServerError) throw new Error("no way to the server");
    this.#strays.send(flow, text, 0);
  }

  async addAgent(options: AgentOptions): Promise<Agent> {
    const agent = new Agent(options, {
      time: this.time,
      network: this.network,
      resolver: this.#resolver,
      random: seededRandom(Math.floor(this.#random.fraction() * 0x7fffffff)),
    });
    await agent.open();
    this.agents.push(agent);
    return agent;
  }
}

const NOBODY: TransportEvents = {
  datagram: () => undefined,
  message: () => undefined,
  unframable: () => undefined,
  sendFailed: () => undefined,
  closed: () => undefined,
};

/** A subscriber; `password` undefined: one who cannot authenticate. */
export function subscriber(address: string, password: string | undefined): DirectoryEntry {
  const aor = aorIn(address);
  const credential =
    password === undefined ? undefined : credentialOf(userOf(aor), domainOf(aor), password);
  return { kind: "subscriber", aor, credential };
}

export function alias(address: string, target: string): DirectoryEntry {
  return { kind: "alias", aor: aorIn(address), target };
}

function aorIn(address: string): Aor {
  const aor = parseAor(address);
  if (aor === undefined) throw new Error(`${address} is no address of record`);
  return aor;
}

/** Resolves at once where the world answers at once, else when its time has come. */
type Wait = (() => Promise<void>) | undefined;

function waiting(time: VirtualTime, questionsTakeMs: number, random: Random): Wait {
  if (questionsTakeMs === 0) return undefined;
  return () =>
    new Promise((resolve) => {
      time.after(random.fraction() * questionsTakeMs, resolve);
    });
}

function slowDirectory(directory: Directory, wait: Wait): Directory {
  if (wait === undefined) return directory;
  const find = directory.find.bind(directory);
  directory.find = async (aor) => {
    await wait();
    return find(aor);
  };
  return directory;
}

function slowLocation(location: LocationStore, wait: Wait): LocationStore {
  if (wait === undefined) return location;
  const lookup = location.lookup.bind(location);
  const replace = location.replace.bind(location);
  location.lookup = async (aor, nowMs) => {
    await wait();
    return lookup(aor, nowMs);
  };
  location.replace = async (aor, version, bindings, nowMs) => {
    await wait();
    return replace(aor, version, bindings, nowMs);
  };
  return location;
}

function slowNames(zone: NameZone, wait: Wait): Resolver {
  return {
    ask: async (question) => {
      await wait?.();
      return zone.ask(question);
    },
  };
}
