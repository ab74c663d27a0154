import { createSocket, type Socket } from "node:dgram";
import type { TransportCounters } from "./counters.ts";
import { udpFault } from "./faults.ts";
import type { TransportLimits } from "./limits.ts";
import { literalLookup } from "./literal-lookup.ts";
import type { Endpoint, TransportEvents } from "./types.ts";
import { type UdpFlow, UdpFlowCache } from "./udp-flow.ts";
import { rememberToken, UdpWatch, type WatchedDestination } from "./udp-watch.ts";

/** What IPv4 leaves for a datagram: 65,535 less 20 for IP and 8 for UDP. */
const DATAGRAM_MAX_BYTES = 65_507;

/** Ways to keep a NAT binding open: nothing, CRLF, CRLFCRLF, four zero bytes. No SIP message is as short. */
const KEEP_ALIVE_MAX_BYTES = 4;

/** `reusePort` is what lets a watched destination have its own socket; only Linux gives it the meaning we need. */
const canWatch = process.platform === "linux";

/** A port that the kernel picks is picked with one socket and taken with the next: how often to try again. */
const BIND_TRIES = 5;

export interface UdpSocketOptions {
  readonly endpoint: Endpoint;
  readonly limits: TransportLimits;
  readonly counters: TransportCounters;
  readonly events: TransportEvents;
}

/**
 * One bound UDP socket.
 *
 * Hot path: `send` and the message listener, once for each datagram.
 */
export class UdpSocket {
  /** As bound: the port that the kernel gave when 0 was asked for; the wildcard address when that was. */
  readonly local: Endpoint;
  /** What the kernel gave of the receive buffer that was asked for. */
  readonly receiveBufferBytes: number;
  readonly #socket: Socket;
  readonly #limits: TransportLimits;
  readonly #counters: TransportCounters;
  readonly #events: TransportEvents;
  readonly #flows: UdpFlowCache;
  readonly #watch: UdpWatch;
  #isQueueing = false;
  #sendBuffer: Buffer = Buffer.allocUnsafeSlow(DATAGRAM_MAX_BYTES);

  private constructor(socket: Socket, options: UdpSocketOptions) {
    const { endpoint, limits, counters, events } = options;
    const { address, port } = socket.address();
    this.#socket = socket;
    this.#limits = limits;
    this.#counters = counters;
    this.#events = events;
    this.local = { transport: "udp", address: endpoint.address, port };
    this.receiveBufferBytes = askForReceiveBuffer(socket, limits.receiveBufferBytes);
    this.#flows = new UdpFlowCache(this, limits.flowsKept);
    this.#watch = new UdpWatch(
      { address, port, isIpv6: address.includes(":") },
      limits.watchedDestinations,
      {
        datagram: (bytes, flow) => this.#receive(bytes, flow.remoteAddress, flow.remotePort),
        failed: (flow, tokens, error) => {
          counters.datagramsFailed += 1;
          for (const token of tokens) events.sendFailed(flow, token, udpFault(error));
        },
      },
    );
    socket.on("message", (bytes, peer) => this.#receive(bytes, peer.address, peer.port));
    socket.on("error", () => {
      counters.listenerErrors += 1;
    });
  }

  /** @throws what the kernel says (`EADDRINUSE`, `EACCES`…) */
  static async open(options: UdpSocketOptions): Promise<UdpSocket> {
    return new UdpSocket(await bindAlone(options.endpoint), options);
  }

  flowOf(remoteAddress: string, remotePort: number): UdpFlow {
    return this.#flows.flowOf(remoteAddress, remotePort);
  }

  /**
   * One datagram. The text is written into one buffer again and again: Node hands it to the kernel before `send`
   * returns, unless the kernel's buffer is full; then the buffer is left to Node and the next text gets a new one.
   */
  send(flow: UdpFlow, text: string, token: number): void {
    const sizeBytes = text.length;
    if (sizeBytes > DATAGRAM_MAX_BYTES) {
      this.#failLater(flow, token, `${sizeBytes} bytes do not fit into a datagram`);
      return;
    }
    if (this.#isQueueing && this.#queueIsFull()) {
      this.#counters.datagramsDropped += 1;
      this.#failLater(flow, token, "too many datagrams wait for the kernel");
      return;
    }
    const bytes = this.#sendBuffer.subarray(0, sizeBytes);
    this.#sendBuffer.write(text, 0, sizeBytes, "latin1");
    const watched = flow.watched;
    if (watched !== undefined && watched.isOpen) {
      this.#sendWatched(watched, flow, bytes, token);
    } else if (token === 0) {
      this.#socket.send(bytes, flow.remotePort, flow.remoteAddress);
    } else {
      // One closure for each request that we send on; responses and what nobody asks about have none.
      this.#socket.send(bytes, flow.remotePort, flow.remoteAddress, (error) => {
        if (error !== null) this.#fail(flow, token, udpFault(error));
      });
    }
    this.#counters.datagramsSent += 1;
    if (this.#socket.getSendQueueCount() !== 0) this.#leaveBuffer();
  }

  watch(flow: UdpFlow, nowMs: number): void {
    if (canWatch) this.#watch.watch(flow, nowMs + this.#limits.watchMs);
  }

  get watchedCount(): number {
    return this.#watch.size;
  }

  sweep(nowMs: number): void {
    this.#watch.sweep(nowMs);
  }

  close(): Promise<void> {
    this.#watch.close();
    return new Promise((resolve) => {
      this.#socket.close(() => resolve());
    });
  }

  #receive(bytes: Buffer, remoteAddress: string, remotePort: number): void {
    if (bytes.length <= KEEP_ALIVE_MAX_BYTES || remotePort === 0) {
      this.#counters.keepAlives += 1;
      return;
    }
    this.#counters.datagramsReceived += 1;
    this.#events.datagram(bytes, this.#flows.flowOf(remoteAddress, remotePort));
  }

  #sendWatched(watched: WatchedDestination, flow: UdpFlow, bytes: Buffer, token: number): void {
    rememberToken(watched, token);
    // An error of an earlier datagram comes back from this call as well: it means this peer just the same.
    watched.socket.send(bytes, (error) => {
      if (error === null) return;
      watched.tokens.delete(token);
      this.#fail(flow, token, udpFault(error));
    });
    if (watched.socket.getSendQueueCount() !== 0) this.#leaveBuffer();
  }

  #queueIsFull(): boolean {
    const count = this.#socket.getSendQueueCount();
    this.#isQueueing = count !== 0;
    return count >= this.#limits.datagramsQueued;
  }

  #leaveBuffer(): void {
    this.#isQueueing = true;
    this.#counters.datagramsQueued += 1;
    this.#sendBuffer = Buffer.allocUnsafeSlow(DATAGRAM_MAX_BYTES);
  }

  #failLater(flow: UdpFlow, token: number, detail: string): void {
    process.nextTick(() => this.#fail(flow, token, detail));
  }

  #fail(flow: UdpFlow, token: number, detail: string): void {
    this.#counters.datagramsFailed += 1;
    if (token !== 0) this.#events.sendFailed(flow, token, detail);
  }
}

/**
 * Binds with `reusePort` after binding without: Linux would let a second server of the same user share the port
 * without a word, and each would get some of the datagrams.
 */
async function bindAlone(endpoint: Endpoint): Promise<Socket> {
  if (!canWatch) return bind(endpoint, endpoint.port, false);
  for (let tries = 1; ; tries += 1) {
    const alone = await bind(endpoint, endpoint.port, false);
    const { port } = alone.address();
    await new Promise<void>((resolve) => {
      alone.close(() => resolve());
    });
    try {
      return await bind(endpoint, port, true);
    } catch (error) {
      if (endpoint.port !== 0 || tries === BIND_TRIES) throw error;
    }
  }
}

function bind(endpoint: Endpoint, port: number, reusePort: boolean): Promise<Socket> {
  const { address } = endpoint;
  const isIpv6 = address.includes(":");
  return new Promise((resolve, reject) => {
    const socket = createSocket({
      type: isIpv6 ? "udp6" : "udp4",
      lookup: literalLookup,
      reusePort,
      ...(isIpv6 ? { ipv6Only: true } : {}),
    });
    socket.once("error", (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
  });
}

function askForReceiveBuffer(socket: Socket, askedBytes: number): number {
  try {
    socket.setRecvBufferSize(askedBytes);
  } catch {
    // Some kernels refuse instead of giving less; what they do give is what counts.
  }
  return socket.getRecvBufferSize();
}
