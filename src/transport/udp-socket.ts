import { batchAddon, type BatchAddon } from "./batch-addon.ts";
import { openBatchedPort } from "./batched-port.ts";
import type { TransportCounters } from "./counters.ts";
import { DATAGRAM_MAX_BYTES, openDgramPort } from "./dgram-port.ts";
import { udpFault } from "./faults.ts";
import type { TransportLimits } from "./limits.ts";
import type { Endpoint, TransportEvents } from "./types.ts";
import { type UdpFlow, UdpFlowCache } from "./udp-flow.ts";
import type { UdpPort, UdpPortOwner } from "./udp-port.ts";
import { rememberToken, UdpWatch, type WatchedDestination } from "./udp-watch.ts";

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
  /** Undefined: by node:dgram. Left out: by the addon where there is one. */
  readonly addon?: BatchAddon | undefined;
}

/**
 * One bound UDP socket.
 *
 * Hot path: `send` and the message listener, once for each datagram.
 */
export class UdpSocket implements UdpPortOwner {
  /** As bound: the port that the kernel gave when 0 was asked for; the wildcard address when that was. */
  readonly local: Endpoint;
  /** What the kernel gave of the receive buffer that was asked for. */
  readonly receiveBufferBytes: number;
  readonly #limits: TransportLimits;
  readonly #counters: TransportCounters;
  readonly #events: TransportEvents;
  readonly #flows: UdpFlowCache;
  readonly #watch: UdpWatch;
  readonly #port: UdpPort;
  #isClosed = false;

  private constructor(port: UdpPort, options: UdpSocketOptions) {
    const { limits, counters, events } = options;
    const { address } = options.endpoint;
    this.#port = port;
    this.#limits = limits;
    this.#counters = counters;
    this.#events = events;
    this.local = { transport: "udp", address, port: port.port };
    this.receiveBufferBytes = port.receiveBufferBytes;
    this.#flows = new UdpFlowCache(this, limits.flowsKept);
    this.#watch = new UdpWatch(
      { address, port: port.port, isIpv6: address.includes(":") },
      limits.watchedDestinations,
      {
        datagram: (text, flow) => this.datagram(text, flow),
        failed: (flow, tokens, error) => {
          counters.datagramsFailed += 1;
          for (const token of tokens) events.sendFailed(flow, token, udpFault(error));
        },
      },
    );
    port.listen(this);
  }

  /** @throws what the kernel says (`EADDRINUSE`, `EACCES`…) */
  static async open(options: UdpSocketOptions): Promise<UdpSocket> {
    return new UdpSocket(await bindAlone(options), options);
  }

  flowOf(remoteAddress: string, remotePort: number): UdpFlow {
    return this.#flows.flowOf(remoteAddress, remotePort);
  }

  send(flow: UdpFlow, text: string, token: number): void {
    // Somebody's last words, after the socket is gone.
    if (this.#isClosed) return;
    const sizeBytes = text.length;
    if (sizeBytes > DATAGRAM_MAX_BYTES) {
      const error = new Error(`${sizeBytes} bytes do not fit into a datagram`);
      process.nextTick(() => this.failed(flow, token, error));
      return;
    }
    const { watched } = flow;
    if (watched !== undefined && watched.isOpen) this.#sendWatched(watched, flow, text, token);
    else this.#port.send(flow, text, token);
    this.#counters.datagramsSent += 1;
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
    this.#isClosed = true;
    this.#watch.close();
    return this.#port.close();
  }

  datagram(text: string, flow: UdpFlow): void {
    if (text.length <= KEEP_ALIVE_MAX_BYTES) {
      this.#counters.keepAlives += 1;
      return;
    }
    this.#counters.datagramsReceived += 1;
    this.#events.datagram(text, flow);
  }

  failed(flow: UdpFlow, token: number, error: unknown): void {
    this.#counters.datagramsFailed += 1;
    if (token !== 0) this.#events.sendFailed(flow, token, udpFault(error));
  }

  #sendWatched(watched: WatchedDestination, flow: UdpFlow, text: string, token: number): void {
    rememberToken(watched, token);
    // An error of an earlier datagram comes back from this call as well: it means this peer just the same.
    watched.socket.send(Buffer.from(text, "latin1"), (error) => {
      if (error === null) return;
      watched.tokens.delete(token);
      this.failed(flow, token, error);
    });
  }
}

/**
 * Binds with `reusePort` after binding without: Linux would let a second server of the same user share the port
 * without a word, and each would get some of the datagrams.
 */
async function bindAlone(options: UdpSocketOptions): Promise<UdpPort> {
  const { endpoint } = options;
  if (!canWatch) return bind(options, endpoint.port, false);
  for (let tries = 1; ; tries += 1) {
    const alone = await bind(options, endpoint.port, false);
    await alone.close();
    try {
      return await bind(options, alone.port, true);
    } catch (error) {
      if (endpoint.port !== 0 || tries === BIND_TRIES) throw error;
    }
  }
}

async function bind(options: UdpSocketOptions, port: number, reusePort: boolean): Promise<UdpPort> {
  const { limits, counters } = options;
  const { address } = options.endpoint;
  const { receiveBufferBytes, datagramsQueued } = limits;
  const asked = { address, port, reusePort, receiveBufferBytes, datagramsQueued, counters };
  const addon = "addon" in options ? options.addon : batchAddon();
  return addon === undefined ? openDgramPort(asked) : openBatchedPort(addon, asked);
}
