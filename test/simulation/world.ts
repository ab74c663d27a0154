import { credentialOf } from "../../src/auth/index.ts";
import type { Endpoint } from "../../src/base/endpoint.ts";
import { seededRandom, type Random } from "../../src/base/random.ts";
import { ServerError } from "../../src/causes/index.ts";
import { memoryDirectory, type DirectoryEntry } from "../../src/directory/index.ts";
import { domainOf, parseAor, userOf, type Aor } from "../../src/message/index.ts";
import {
  createCaseStore,
  type CaseStore,
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
import { Disk } from "./disk.ts";
import { zoneOf } from "./names.ts";
import { ServerLife } from "./server-life.ts";
import { StoreWorld, type Trouble } from "./stores.ts";
import { STRAY_ADDRESS } from "./stray.ts";
import { Tamperer, UNTOUCHED, type Tampering } from "./tampering.ts";
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
  limits: { transactions: 10_000, questionMs: 5_000 },
};

export interface WorldOptions {
  readonly seed?: number;
  readonly faults?: NetworkFaults;
  readonly tampering?: Tampering;
  readonly settings?: Partial<ServerSettings>;
  readonly entries?: readonly DirectoryEntry[];
  /** Names elsewhere and where they lead; whatever is not listed resolves to nothing. */
  readonly names?: Readonly<Record<string, readonly Endpoint[]>>;
  /** Stores and resolver answer after up to this long, and not at once. */
  readonly questionsTakeMs?: number;
  readonly troubles?: readonly Trouble[];
  /** How long a binding takes at most to be safe on the disk. */
  readonly commitMaxMs?: number;
}

export const CASE_LIMITS = { records: 64, sizeBytes: 4_000_000, ageMs: 600_000 };

/** How one server ends and the next begins. */
export interface Restart {
  readonly how: "killed" | "stopped";
  /** How long a stopped one may take to end what runs. */
  readonly drainMs: number;
  /** Nobody listens for so long. */
  readonly downMs: number;
  /** By how much somebody set the wall clock while nobody listened. */
  readonly clockJumpMs: number;
}

/** What a server found on the disk when it started: contacts by address. */
export type Found = ReadonlyMap<string, readonly string[]>;

interface Fixed {
  readonly time: VirtualTime;
  readonly network: SimulatedNetwork;
  readonly settings: ServerSettings;
  readonly entries: readonly DirectoryEntry[];
  readonly stores: StoreWorld;
  readonly disk: Disk;
  readonly random: Random;
  readonly tokenSecret: string;
}

/** A whole server and its peers on a simulated network, in virtual time: the same options give the same run. */
export class World {
  readonly time: VirtualTime;
  readonly network: SimulatedNetwork;
  readonly wire = new WireLog(isServer);
  readonly records: TraceRecord[] = [];
  /** What servers were in the middle of when they ended. */
  readonly cutShort: TraceRecord[] = [];
  readonly faults: string[] = [];
  /** Small, so that it is full most of the time. */
  readonly cases: CaseStore;
  readonly agents: Agent[] = [];
  readonly lives: ServerLife[] = [];
  /** What each of them found. */
  readonly found: Found[] = [];
  readonly stores: StoreWorld;
  readonly tamperer: Tamperer;
  /** What the DNS says; may change in the middle of a run. */
  readonly zone: NameZone;
  readonly #fixed: Fixed;
  readonly #resolver: Resolver;
  readonly #strays: TransportLayer;

  private constructor(fixed: Fixed, tamperer: Tamperer, zone: NameZone) {
    this.#fixed = fixed;
    this.time = fixed.time;
    this.network = fixed.network;
    this.stores = fixed.stores;
    this.cases = createCaseStore({
      folder: undefined,
      limits: CASE_LIMITS,
      nowMs: () => fixed.time.nowMs,
    });
    this.tamperer = tamperer;
    this.zone = zone;
    this.#resolver = fixed.stores.resolver(zone);
    this.#strays = this.network.layer([{ transport: "udp", address: STRAY_ADDRESS, port: 5060 }]);
  }

  static async open(options: WorldOptions = {}): Promise<World> {
    const { seed = 1, faults = PERFECT, tampering = UNTOUCHED, entries = [] } = options;
    const settings = { ...DEFAULT_SETTINGS, ...options.settings };
    const time = new VirtualTime();
    const network = new SimulatedNetwork(time, seededRandom(seed), faults);
    const random = seededRandom(seed + 1_000_003);
    const tamperer = new Tamperer(tampering, seededRandom(seed + 11));
    network.becomes = tamperer.becomes;
    const stores = new StoreWorld(time, seededRandom(seed + 7), {
      questionsTakeMs: options.questionsTakeMs ?? 0,
      troubles: options.troubles ?? [],
      questionMs: settings.limits.questionMs,
    });
    const disk = new Disk(time, seededRandom(seed + 13), options.commitMaxMs ?? 0);
    const tokenSecret = random.hex128();
    const fixed = { time, network, settings, entries, stores, disk, random, tokenSecret };
    const world = new World(fixed, tamperer, new NameZone(zoneOf(options.names ?? {})));
    network.watch = (carried) => world.wire.add(carried, world.found.length - 1);
    await world.#begin(0);
    await world.#strays.open(NOBODY);
    return world;
  }

  /** The server that runs, or the last that ran. */
  get life(): ServerLife {
    return this.lives.at(-1) as ServerLife;
  }

  get settings(): ServerSettings {
    return this.#fixed.settings;
  }

  get server(): SipServer {
    return this.life.server;
  }

  /** Ends the server now, and begins another later. Nothing happens where it is already ending. */
  restart({ how, drainMs, downMs, clockJumpMs }: Restart): void {
    const { life } = this;
    if (life.isOver || life.drainsFromMs < Infinity) return;
    const ended = (cut: readonly TraceRecord[]): void => {
      this.cutShort.push(...cut);
      for (const agent of this.agents) agent.excuseCalls();
      if (how === "killed") this.#fixed.disk.crash();
      else this.#fixed.disk.flush();
      this.time.after(downMs, () => void this.#begin(life.clockAheadMs + clockJumpMs));
    };
    if (how === "killed") ended(life.kill());
    else life.stop(drainMs, ended);
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
      random: seededRandom(Math.floor(this.#fixed.random.fraction() * 0x7fffffff)),
    });
    await agent.open();
    this.agents.push(agent);
    return agent;
  }

  async #begin(clockAheadMs: number): Promise<void> {
    const { time, network, settings, entries, stores, disk, random, tokenSecret } = this.#fixed;
    this.found.push(disk.contacts());
    const life = await ServerLife.open(this.lives.length, {
      settings,
      time,
      clockAheadMs,
      world: {
        random,
        transport: network.layer(SERVER_ENDPOINTS),
        directory: stores.directory(memoryDirectory(entries)),
        location: stores.location(await disk.open()),
        resolver: this.#resolver,
        keep: (record) => {
          this.records.push(record);
          this.cases.keep(record);
        },
        tokenSecret,
        localAddresses: () => [],
        fault: (where, error) => this.#fault(where, error),
      },
    });
    this.lives.push(life);
  }

  /** A store in trouble is no bug of ours; all else is. */
  #fault(where: string, error: unknown): void {
    if (error instanceof ServerError && where !== "answer") return;
    this.faults.push(`${where}: ${error instanceof Error ? (error.stack ?? "") : String(error)}`);
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
