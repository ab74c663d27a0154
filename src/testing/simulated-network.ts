import { formatEndpoint, type Endpoint } from "../base/endpoint.ts";
import type { Random } from "../base/random.ts";
import { ServerError } from "../causes/index.ts";
import type { Destination, Flow, TransportEvents, TransportLayer } from "../transport/index.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** How bad the network is. Rates from 0 to 1; times in milliseconds. */
export interface NetworkFaults {
  readonly lossRate: number;
  readonly repeatRate: number;
  /** Each datagram takes a time between these two of its own, so datagrams overtake one another. */
  readonly delayMinMs: number;
  readonly delayMaxMs: number;
}

/** Loses nothing, repeats nothing, reorders nothing: every datagram takes one millisecond. */
export const PERFECT: NetworkFaults = { lossRate: 0, repeatRate: 0, delayMinMs: 1, delayMaxMs: 1 };

/** A datagram or stream message on its way, for whoever watches. */
export interface Carried {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly fate: "delivered" | "lost" | "repeated" | "nobody-there";
}

interface Host {
  readonly endpoint: Endpoint;
  events: TransportEvents | undefined;
  readonly layer: SimulatedLayer;
}

/**
 * A network that loses, repeats, delays and reorders datagrams from a seed, in virtual time. Streams (tcp) are
 * reliable and in order; a port nobody listens on answers as a closed one does. The same seed gives the same run.
 */
export class SimulatedNetwork {
  readonly time: VirtualTime;
  readonly #random: Random;
  readonly #hosts = new Map<string, Host>();
  faults: NetworkFaults;
  /** Sees everything that is sent; for checkers and ladders. */
  watch: ((carried: Carried) => void) | undefined = undefined;

  constructor(time: VirtualTime, random: Random, faults: NetworkFaults = PERFECT) {
    this.time = time;
    this.#random = random;
    this.faults = faults;
  }

  /** Sockets for one element at these endpoints; ports are as given. */
  layer(listen: readonly Endpoint[]): TransportLayer {
    return new SimulatedLayer(this, listen);
  }

  bind(endpoint: Endpoint, layer: SimulatedLayer, events: TransportEvents): void {
    const key = formatEndpoint(endpoint.transport, endpoint.address, endpoint.port);
    if (this.#hosts.has(key)) throw new ServerError("listener-refused", `${key} is taken`);
    this.#hosts.set(key, { endpoint, events, layer });
  }

  release(endpoint: Endpoint): void {
    this.#hosts.delete(formatEndpoint(endpoint.transport, endpoint.address, endpoint.port));
  }

  carry(from: SimulatedFlow, text: string, token: number): void {
    const { transport, local, remoteAddress, remotePort } = from;
    const to = formatEndpoint(transport, remoteAddress, remotePort);
    const source = formatEndpoint(transport, local.address, local.port);
    const told = (fate: Carried["fate"]): void => {
      this.watch?.({ atMs: this.time.nowMs, from: source, to, text, fate });
    };
    if (transport === "udp" && this.#random.fraction() < this.faults.lossRate) {
      told("lost");
      return;
    }
    const host = this.#hosts.get(to);
    if (host === undefined) {
      told("nobody-there");
      if (token !== 0) this.time.after(1, () => from.owner.fail(from, token));
      return;
    }
    told("delivered");
    this.#deliver(host, from, text);
    if (transport === "udp" && this.#random.fraction() < this.faults.repeatRate) {
      told("repeated");
      this.#deliver(host, from, text);
    }
  }

  #deliver(host: Host, from: SimulatedFlow, text: string): void {
    const { delayMinMs, delayMaxMs } = this.faults;
    const spread = from.isReliable ? 0 : this.#random.fraction() * (delayMaxMs - delayMinMs);
    this.time.after(delayMinMs + spread, () => {
      const { local, transport } = from;
      const back = host.layer.flowFrom(host.endpoint, local.address, local.port);
      if (transport === "udp") host.events?.datagram(Buffer.from(text, "latin1"), back);
      else host.events?.message(text, back);
    });
  }
}

class SimulatedFlow implements Flow {
  readonly transport: Endpoint["transport"];
  readonly isReliable: boolean;
  readonly local: Endpoint;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly owner: SimulatedLayer;

  constructor(owner: SimulatedLayer, local: Endpoint, remoteAddress: string, remotePort: number) {
    this.owner = owner;
    this.transport = local.transport;
    this.isReliable = local.transport === "tcp";
    this.local = local;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
  }
}

class SimulatedLayer implements TransportLayer {
  readonly #network: SimulatedNetwork;
  readonly #listen: readonly Endpoint[];
  readonly #flows = new Map<string, SimulatedFlow>();
  #events: TransportEvents | undefined = undefined;

  constructor(network: SimulatedNetwork, listen: readonly Endpoint[]) {
    this.#network = network;
    this.#listen = listen;
  }

  open(events: TransportEvents): Promise<readonly Endpoint[]> {
    this.#events = events;
    for (const endpoint of this.#listen) this.#network.bind(endpoint, this, events);
    return Promise.resolve(this.#listen);
  }

  flowTo(destination: Destination): Flow | ServerError {
    const { transport, address, port } = destination;
    const isIpv6 = address.includes(":");
    const local = this.#listen.find(
      (one) => one.transport === transport && one.address.includes(":") === isIpv6,
    );
    if (local === undefined) {
      return new ServerError("next-hop-unreachable", `no ${transport} socket of that family`);
    }
    return this.flowFrom(local, address, port);
  }

  flowFrom(local: Endpoint, remoteAddress: string, remotePort: number): SimulatedFlow {
    const key = `${local.transport} ${local.address} ${local.port} ${remoteAddress} ${remotePort}`;
    let flow = this.#flows.get(key);
    if (flow === undefined) {
      flow = new SimulatedFlow(this, local, remoteAddress, remotePort);
      this.#flows.set(key, flow);
    }
    return flow;
  }

  connectionFrom(
    transport: Endpoint["transport"],
    remoteAddress: string,
    remotePort: number,
  ): Flow | undefined {
    const local = this.#listen.find((one) => one.transport === transport);
    if (transport === "udp" || local === undefined) return undefined;
    return this.#flows.get(
      `${transport} ${local.address} ${local.port} ${remoteAddress} ${remotePort}`,
    );
  }

  flowBeside(flow: Flow, remotePort: number): Flow {
    return flow.isReliable ? flow : this.flowFrom(flow.local, flow.remoteAddress, remotePort);
  }

  send(flow: Flow, text: string, token: number): void {
    if (flow instanceof SimulatedFlow) this.#network.carry(flow, text, token);
  }

  watch(): void {
    // A closed port is told of at once here.
  }

  localAddressTowards(flow: Flow): Endpoint {
    return flow.local;
  }

  counters(): Readonly<Record<string, number>> {
    return {};
  }

  fail(flow: Flow, token: number): void {
    this.#events?.sendFailed(flow, token, "port closed");
  }

  close(): Promise<void> {
    for (const endpoint of this.#listen) this.#network.release(endpoint);
    return Promise.resolve();
  }
}
