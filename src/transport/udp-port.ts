import type { UdpFlow } from "./udp-flow.ts";

/** Whose port it is. None of these but `flowOf` is called from inside `send`. */
export interface UdpPortOwner {
  /** The flow of a peer. */
  flowOf(remoteAddress: string, remotePort: number): UdpFlow;
  datagram(text: string, flow: UdpFlow): void;
  /** The kernel refused what stands behind this token. */
  failed(flow: UdpFlow, token: number, error: unknown): void;
}

/**
 * A bound UDP socket as the system gives it: by recvmmsg and sendmmsg where the addon could be built, else by
 * node:dgram. Texts are latin1, one char a byte.
 */
export interface UdpPort {
  readonly port: number;
  /** What the kernel gave of the receive buffer that was asked for. */
  readonly receiveBufferBytes: number;
  /** Datagrams that the kernel would not take yet. */
  readonly queuedCount: number;
  /** From here on the owner hears what comes. Once, before the first `send`. */
  listen(owner: UdpPortOwner): void;
  /** Never throws. `text` fits a datagram. */
  send(flow: UdpFlow, text: string, token: number): void;
  close(): Promise<void>;
}

/** How a port is opened. `reusePort` lets a second socket share the port (see udp-watch.ts). */
export interface UdpPortOptions {
  readonly address: string;
  readonly port: number;
  readonly reusePort: boolean;
  readonly receiveBufferBytes: number;
  /** Datagrams that may wait for the kernel; what comes beyond is dropped and counted. */
  readonly datagramsQueued: number;
  readonly counters: UdpPortCounters;
}

/** The part of the transport's counters that a port keeps. */
export interface UdpPortCounters {
  datagramsQueued: number;
  datagramsDropped: number;
  listenerErrors: number;
}
