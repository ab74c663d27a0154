import { formatEndpoint, type Endpoint } from "../base/endpoint.ts";
import type { Random } from "../base/random.ts";
import { ServerError } from "../causes/index.ts";
import type { TransportLayer } from "../transport/index.ts";
import type { FlowOwner, SimulatedTcpFlow, SimulatedUdpFlow } from "./simulated-flow.ts";
import { SimulatedLayer } from "./simulated-layer.ts";
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

/** How long a dial lasts that nothing answers, not even a refusal. */
const CONNECT_TIMEOUT_MS = 4_000;
const FIRST_EPHEMERAL_PORT = 49_152;

/**
 * A datagram or stream message on its way, for whoever watches: `sent` when it leaves, then `arrived` for each copy
 * that is handed over, or `lost`, or `refused` by a port that is closed. Of a stream, `from` is the port it was
 * dialled from.
 */
export interface Carried {
  /** The same for all that becomes of one sending. */
  readonly id: number;
  readonly atMs: number;
  readonly what: "sent" | "arrived" | "lost" | "refused";
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

/** One of the datagrams that arrive instead of one that was sent: later than it by so much, and maybe changed. */
export interface ArrivingCopy {
  readonly text: string;
  readonly afterMs: number;
}

interface Datagram {
  readonly id: number;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly token: number;
}

interface Host {
  readonly endpoint: Endpoint;
  readonly owner: FlowOwner;
}

/**
 * A network that loses, repeats, delays and reorders datagrams from a seed, in virtual time. Streams (tcp) are
 * reliable and in order, and end when one side closes; a port nobody listens on answers as a closed one does. The
 * same seed gives the same run.
 */
export class SimulatedNetwork {
  readonly time: VirtualTime;
  readonly #random: Random;
  readonly #hosts = new Map<string, Host>();
  readonly #unplugged = new Set<string>();
  #lastPort = FIRST_EPHEMERAL_PORT - 1;
  #lastId = 0;
  faults: NetworkFaults;
  /** Sees everything that is carried; for checkers and ladders. */
  watch: ((carried: Carried) => void) | undefined = undefined;
  /** Datagrams that are lost besides those that the faults cost: for the story of one lost message. */
  loses: ((text: string, from: string) => boolean) | undefined = undefined;
  /** What arrives of a datagram that is not lost: storms, late copies, damage. undefined: what the faults make of it. */
  becomes: ((text: string, from: string) => readonly ArrivingCopy[] | undefined) | undefined =
    undefined;

  constructor(time: VirtualTime, random: Random, faults: NetworkFaults = PERFECT) {
    this.time = time;
    this.#random = random;
    this.faults = faults;
  }

  /** Sockets for one element at these endpoints; ports are as given. */
  layer(listen: readonly Endpoint[]): TransportLayer {
    return new SimulatedLayer(this, listen);
  }

  /** From now on whatever goes there or comes from there vanishes without a word. */
  unplug(address: string): void {
    this.#unplugged.add(address);
  }

  /** The cable is back in; what was on its way meanwhile is lost. */
  plug(address: string): void {
    this.#unplugged.delete(address);
  }

  /** @throws ServerError `listener-refused` */
  bind(endpoint: Endpoint, owner: FlowOwner): void {
    const key = keyOf(endpoint);
    if (this.#hosts.has(key)) throw new ServerError("listener-refused", `${key} is taken`);
    this.#hosts.set(key, { endpoint, owner });
  }

  release(endpoint: Endpoint): void {
    this.#hosts.delete(keyOf(endpoint));
  }

  ephemeralPort(): number {
    this.#lastPort += 1;
    return this.#lastPort;
  }

  sendDatagram(flow: SimulatedUdpFlow, text: string, token: number): void {
    const { lossRate, repeatRate } = this.faults;
    const from = formatEndpoint("udp", flow.local.address, flow.local.port);
    const to = formatEndpoint("udp", flow.remoteAddress, flow.remotePort);
    const id = this.#tellSent(from, to, text);
    const isLost = this.#random.fraction() < lossRate || this.loses?.(text, from) === true;
    if (isLost || this.#isCutOff(flow)) {
      this.#tell(id, "lost", from, to, text);
      return;
    }
    const itself = { text, afterMs: 0 };
    const copies = this.#random.fraction() < repeatRate ? [itself, itself] : [itself];
    for (const copy of this.becomes?.(text, from) ?? copies) {
      this.time.after(copy.afterMs + this.#datagramDelayMs(), () =>
        this.#arrive(flow, { id, from, to, text: copy.text, token }),
      );
    }
  }

  /** A connection is set up in one round trip, refused in one, or given up after four seconds. */
  dial(flow: SimulatedTcpFlow, connectMs: number = CONNECT_TIMEOUT_MS): void {
    const { delayMinMs } = this.faults;
    if (this.#isCutOff(flow)) {
      this.time.after(connectMs, () => this.#connectFailed(flow, "no answer to the dial"));
      return;
    }
    this.time.after(2 * delayMinMs, () => {
      const to = formatEndpoint("tcp", flow.remoteAddress, flow.remotePort);
      const host = this.#hosts.get(to);
      if (host === undefined) this.#connectFailed(flow, "the port is closed");
      else if (flow.state === "dialling") this.#accept(flow, host);
    });
  }

  sendOnStream(flow: SimulatedTcpFlow, text: string, token: number): void {
    const [from, to] = endsOf(flow);
    const id = this.#tellSent(from, to, text);
    if (flow.state === "closed") {
      this.#tell(id, "refused", from, to, text);
      this.#failLater(flow, token, "the connection is closed");
    } else if (flow.state === "dialling") flow.waiting.push({ id, text, token });
    else this.#write(flow, id, text);
  }

  /** Closes one end; the other hears of it, unless its cable is out. */
  hangUp(flow: SimulatedTcpFlow): void {
    if (flow.state === "closed") return;
    flow.state = "closed";
    flow.owner.forget(flow);
    const { peer } = flow;
    if (peer === undefined || this.#isCutOff(flow)) return;
    this.time.after(this.faults.delayMinMs, () => {
      if (peer.state === "closed") return;
      peer.state = "closed";
      peer.owner.forget(peer);
      peer.owner.events?.closed(peer);
    });
  }

  #arrive(flow: SimulatedUdpFlow, { id, from, to, text, token }: Datagram): void {
    const host = this.#hosts.get(to);
    if (this.#isCutOff(flow)) {
      this.#tell(id, "lost", from, to, text);
    } else if (host === undefined) {
      this.#tell(id, "refused", from, to, text);
      // ICMP is heard by who listens for it, and may itself be lost.
      if (!flow.isWatched || this.#random.fraction() < this.faults.lossRate) return;
      this.#failLater(flow, token, "the port is closed");
    } else {
      this.#tell(id, "arrived", from, to, text);
      const { local } = flow;
      const back = host.owner.udpFlow(host.endpoint, local.address, local.port);
      host.owner.events?.datagram(text, back);
    }
  }

  #accept(flow: SimulatedTcpFlow, host: Host): void {
    const accepted = host.owner.adopt(host.endpoint, flow);
    flow.peer = accepted;
    flow.state = "open";
    const { waiting } = flow;
    flow.waiting = [];
    for (const { id, text } of waiting) this.#write(flow, id, text);
  }

  #write(flow: SimulatedTcpFlow, id: number, text: string): void {
    const [from, to] = endsOf(flow);
    this.time.after(this.faults.delayMinMs, () => {
      const { peer } = flow;
      if (peer === undefined || peer.state === "closed" || this.#isCutOff(flow)) {
        this.#tell(id, "lost", from, to, text);
        return;
      }
      this.#tell(id, "arrived", from, to, text);
      peer.owner.events?.message(text, peer);
    });
  }

  #connectFailed(flow: SimulatedTcpFlow, detail: string): void {
    if (flow.state === "closed") return;
    flow.state = "closed";
    flow.owner.forget(flow);
    const [from, to] = endsOf(flow);
    for (const { id, text, token } of flow.waiting) {
      this.#tell(id, "refused", from, to, text);
      if (token !== 0) flow.owner.events?.sendFailed(flow, token, detail);
    }
    flow.waiting = [];
    flow.owner.events?.closed(flow);
  }

  #failLater(flow: SimulatedUdpFlow | SimulatedTcpFlow, token: number, detail: string): void {
    if (token === 0) return;
    this.time.after(this.faults.delayMinMs, () => {
      flow.owner.events?.sendFailed(flow, token, detail);
    });
  }

  #isCutOff(flow: SimulatedUdpFlow | SimulatedTcpFlow): boolean {
    return this.#unplugged.has(flow.remoteAddress) || this.#unplugged.has(flow.local.address);
  }

  #datagramDelayMs(): number {
    const { delayMinMs, delayMaxMs } = this.faults;
    return delayMinMs + this.#random.fraction() * (delayMaxMs - delayMinMs);
  }

  #tellSent(from: string, to: string, text: string): number {
    this.#lastId += 1;
    this.#tell(this.#lastId, "sent", from, to, text);
    return this.#lastId;
  }

  #tell(id: number, what: Carried["what"], from: string, to: string, text: string): void {
    this.watch?.({ id, atMs: this.time.nowMs, what, from, to, text });
  }
}

function keyOf({ transport, address, port }: Endpoint): string {
  return formatEndpoint(transport, address, port);
}

/** Both ends of a connection as wires and traces name them. */
function endsOf(flow: SimulatedTcpFlow): readonly [from: string, to: string] {
  return [
    formatEndpoint("tcp", flow.local.address, flow.localPort),
    formatEndpoint("tcp", flow.remoteAddress, flow.remotePort),
  ];
}
