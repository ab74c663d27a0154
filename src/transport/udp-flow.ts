import type { Endpoint, Flow } from "./types.ts";
import type { UdpSocket } from "./udp-socket.ts";
import type { WatchedDestination } from "./udp-watch.ts";

/** A UDP peer of one of our sockets. */
export class UdpFlow implements Flow {
  readonly transport = "udp";
  readonly isReliable = false;
  readonly local: Endpoint;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly socket: UdpSocket;
  /** The connected socket that hears ICMP errors about this peer, while it is watched; may be shut already. */
  watched: WatchedDestination | undefined = undefined;
  /** The address as batched-port.ts hands it to the kernel; undefined until it does. */
  words: readonly number[] | undefined = undefined;

  constructor(socket: UdpSocket, remoteAddress: string, remotePort: number) {
    this.socket = socket;
    this.local = socket.local;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
  }
}

type Generation = Map<string, Map<number, UdpFlow>>;

/**
 * Remembers the flows of one socket, so that a peer who sends a thousand datagrams costs one object.
 *
 * Hot path: `flowOf` once for each datagram. Two generations bound it without bookkeeping on each hit: when the young
 * one is full it becomes the old one, and what is asked for again moves back. At most twice `flowsKept` are held.
 */
export class UdpFlowCache {
  readonly #socket: UdpSocket;
  readonly #flowsKept: number;
  #young: Generation = new Map();
  #old: Generation = new Map();
  #youngCount = 0;

  constructor(socket: UdpSocket, flowsKept: number) {
    this.#socket = socket;
    this.#flowsKept = flowsKept;
  }

  flowOf(remoteAddress: string, remotePort: number): UdpFlow {
    let byPort = this.#young.get(remoteAddress);
    if (byPort !== undefined) {
      const flow = byPort.get(remotePort);
      if (flow !== undefined) return flow;
    }
    const flow =
      this.#old.get(remoteAddress)?.get(remotePort) ??
      new UdpFlow(this.#socket, remoteAddress, remotePort);
    if (this.#youngCount >= this.#flowsKept) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngCount = 0;
      byPort = undefined;
    }
    if (byPort === undefined) {
      byPort = new Map();
      this.#young.set(remoteAddress, byPort);
    }
    byPort.set(remotePort, flow);
    this.#youngCount += 1;
    return flow;
  }
}
