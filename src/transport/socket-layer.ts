import { ServerError } from "../causes/index.ts";
import { formatEndpoint } from "../base/endpoint.ts";
import { batchAddon } from "./batch-addon.ts";
import { canonicalAddress, familyOf, isLoopback, isWildcard } from "./addresses.ts";
import { Connection } from "./connection.ts";
import { ConnectionTable } from "./connection-table.ts";
import { TransportCounters } from "./counters.ts";
import { bindFault } from "./faults.ts";
import type { TransportLimits } from "./limits.ts";
import { LocalRoutes } from "./local-route.ts";
import { connectionsWithin } from "./open-files.ts";
import { TcpListener } from "./tcp-listener.ts";
import type {
  Destination,
  Endpoint,
  Flow,
  TransportEvents,
  TransportLayer,
  TransportName,
} from "./types.ts";
import { UdpFlow } from "./udp-flow.ts";
import { UdpSocket } from "./udp-socket.ts";

const SWEEP_MS = 1_000;

/** Routes are asked for again after that many sweeps. */
const ROUTES_FORGOTTEN_SWEEPS = 30;

/** Where a {@link TransportLayer} of real sockets listens, what it bears, and what it calls itself. */
export interface SocketLayerOptions {
  /** Where to listen; port 0 lets the kernel choose. An IPv6 wildcard takes IPv6 only. */
  readonly listen: readonly Endpoint[];
  readonly limits: TransportLimits;
  /**
   * What peers are told instead of our own address: a host name, or an IP literal, which then goes to peers of its
   * family only. Never told to a peer on loopback. `port` where it is mapped to another.
   */
  readonly advertise?: { readonly host: string; readonly port?: number } | undefined;
}

/** Something that works, but not as it was asked for, or not as well as it could. */
export type TransportWarning =
  | {
      readonly kind: "receive-buffer-small";
      readonly endpoint: Endpoint;
      readonly askedBytes: number;
      readonly givenBytes: number;
    }
  /** This process may not open enough files for so many connections. */
  | { readonly kind: "open-files-few"; readonly asked: number; readonly given: number }
  /** UDP goes by node:dgram, though this system could do better: the addon is not there. */
  | { readonly kind: "udp-unbatched" };

/** A {@link TransportLayer} on real sockets. */
export interface SocketLayer extends TransportLayer {
  /** What the operator should know once it is open. */
  readonly warnings: readonly TransportWarning[];
}

/**
 * UDP by the addon or node:dgram and TCP by node:net, IPv4 and IPv6 apart. Knows bytes, peers and limits; of SIP only how a stream
 * is cut into messages. Nothing is bound before `open`.
 */
export function createSocketLayer(options: SocketLayerOptions): SocketLayer {
  return new RealSocketLayer(options);
}

class RealSocketLayer implements SocketLayer {
  readonly warnings: TransportWarning[] = [];
  readonly #options: SocketLayerOptions;
  readonly #counters = new TransportCounters();
  readonly #routes = new LocalRoutes();
  #events: TransportEvents | undefined;
  #connections: ConnectionTable | undefined;
  #udpSockets: UdpSocket[] = [];
  #tcpListeners: TcpListener[] = [];
  #sweepTimer: NodeJS.Timeout | undefined;
  #sweeps = 0;

  constructor(options: SocketLayerOptions) {
    this.#options = options;
  }

  /** UDP and TCP alike, whatever is asked for (RFC 3261 §18); by default both at each address (RFC 3261 §18.2.1). */
  async open(events: TransportEvents): Promise<readonly Endpoint[]> {
    const { listen } = this.#options;
    const asked = this.#options.limits;
    const limits = { ...asked, connections: connectionsWithin(asked) };
    // A few less than asked for is no news; at less than half somebody counted on more.
    if (limits.connections < asked.connections / 2) {
      const { connections } = limits;
      this.warnings.push({ kind: "open-files-few", asked: asked.connections, given: connections });
    }
    const counters = this.#counters;
    const connections = new ConnectionTable({ limits, counters, events, nowMs: monotonicMs });
    this.#events = events;
    this.#connections = connections;
    const faults: string[] = [];
    const causes: unknown[] = [];
    const opened: Endpoint[] = [];
    for (const endpoint of listen) {
      try {
        // One after another: two lines that ask for the same port are told apart by their order.
        if (endpoint.transport === "udp") {
          // oxlint-disable-next-line no-await-in-loop
          const socket = await UdpSocket.open({ endpoint, limits, counters, events });
          this.#udpSockets.push(socket);
          this.#warnOfSmallBuffer(socket);
          opened.push(socket.local);
        } else {
          // oxlint-disable-next-line no-await-in-loop
          const listener = await TcpListener.open({
            endpoint,
            counters,
            admit: (socket, local) => connections.admit(socket, local),
          });
          this.#tcpListeners.push(listener);
          opened.push(listener.local);
        }
      } catch (error) {
        faults.push(
          `${formatEndpoint(endpoint.transport, endpoint.address, endpoint.port)}: ${bindFault(error)}`,
        );
        causes.push(error);
      }
    }
    if (faults.length > 0) {
      await this.close();
      throw new ServerError("listener-refused", faults.join("; "), { cause: causes[0] });
    }
    if (this.#udpSockets.length > 0 && process.platform === "linux" && batchAddon() === undefined) {
      this.warnings.push({ kind: "udp-unbatched" });
    }
    this.#sweepTimer = setInterval(() => this.#sweep(), SWEEP_MS).unref();
    return opened;
  }

  flowTo(destination: Destination, connectMs?: number): Flow | ServerError {
    const { transport, address, port } = destination;
    const family = familyOf(address);
    if (family === undefined || port < 1 || port > 65_535) {
      return new ServerError(
        "next-hop-unreachable",
        `${formatEndpoint(transport, address, port)} is not an IP address and port`,
      );
    }
    const remoteAddress = canonicalAddress(address);
    if (transport === "udp") {
      const socket = this.#nearest(this.#udpSockets, remoteAddress);
      return socket?.flowOf(remoteAddress, port) ?? noListener(destination);
    }
    const open = this.#connections?.find(remoteAddress, port);
    if (open !== undefined) return open;
    const listener = this.#nearest(this.#tcpListeners, remoteAddress);
    if (listener === undefined || this.#connections === undefined) return noListener(destination);
    return this.#connections.dial(remoteAddress, port, listener.local, connectMs);
  }

  connectionFrom(
    transport: TransportName,
    remoteAddress: string,
    remotePort: number,
  ): Flow | undefined {
    if (transport === "udp" || familyOf(remoteAddress) === undefined) return undefined;
    return this.#connections?.find(remoteAddress, remotePort);
  }

  flowBeside(flow: Flow, remotePort: number): Flow {
    return flow instanceof UdpFlow ? flow.socket.flowOf(flow.remoteAddress, remotePort) : flow;
  }

  send(flow: Flow, text: string, token: number): void {
    if (flow instanceof UdpFlow) flow.socket.send(flow, text, token);
    else if (flow instanceof Connection) flow.send(text, token);
    else this.#failForeign(flow, token);
  }

  watch(flow: Flow): void {
    if (flow instanceof UdpFlow) flow.socket.watch(flow, monotonicMs());
  }

  localAddressTowards(flow: Flow): Endpoint {
    const { transport, local, remoteAddress } = flow;
    const { advertise } = this.#options;
    if (advertise !== undefined && !isLoopback(remoteAddress)) {
      const family = familyOf(advertise.host);
      if (family === undefined || family === familyOf(remoteAddress)) {
        return { transport, address: advertise.host, port: advertise.port ?? local.port };
      }
    }
    if (!isWildcard(local.address)) return local;
    const address = this.#routes.towards(remoteAddress);
    // No route: nothing sent there arrives, so what it says does not matter; loopback is at least an address.
    const fallback = local.address === "::" ? "::1" : "127.0.0.1";
    return { transport, address: address ?? fallback, port: local.port };
  }

  counters(): Readonly<Record<string, number>> {
    this.#counters.connectionsOpen = this.#connections?.size ?? 0;
    let destinationsWatched = 0;
    for (const socket of this.#udpSockets) destinationsWatched += socket.watchedCount;
    this.#counters.destinationsWatched = destinationsWatched;
    return Object.fromEntries(Object.entries(this.#counters));
  }

  async close(): Promise<void> {
    clearInterval(this.#sweepTimer);
    const closing = [...this.#udpSockets, ...this.#tcpListeners].map((one) => one.close());
    this.#udpSockets = [];
    this.#tcpListeners = [];
    this.#connections?.closeAll("the server is shutting down");
    await Promise.all(closing);
  }

  /** Which of our sockets leads there: bound to the address the kernel would use, else to the wildcard, else any. */
  #nearest<Bound extends { readonly local: Endpoint }>(
    bound: readonly Bound[],
    remoteAddress: string,
  ): Bound | undefined {
    const isIpv6 = remoteAddress.includes(":");
    let only: Bound | undefined;
    let count = 0;
    for (const one of bound) {
      if (one.local.address.includes(":") !== isIpv6) continue;
      only ??= one;
      count += 1;
    }
    if (count < 2) return only;
    const sameFamily = bound.filter((one) => one.local.address.includes(":") === isIpv6);
    const route = this.#routes.towards(remoteAddress);
    return (
      sameFamily.find((one) => one.local.address === route) ??
      sameFamily.find((one) => isWildcard(one.local.address)) ??
      only
    );
  }

  #warnOfSmallBuffer(socket: UdpSocket): void {
    const askedBytes = this.#options.limits.receiveBufferBytes;
    const givenBytes = socket.receiveBufferBytes;
    if (givenBytes >= askedBytes) return;
    this.warnings.push({
      kind: "receive-buffer-small",
      endpoint: socket.local,
      askedBytes,
      givenBytes,
    });
  }

  #failForeign(flow: Flow, token: number): void {
    if (token === 0) return;
    process.nextTick(() => {
      this.#events?.sendFailed(flow, token, "that flow is not of this transport");
    });
  }

  #sweep(): void {
    const nowMs = monotonicMs();
    this.#sweeps += 1;
    if (this.#sweeps % ROUTES_FORGOTTEN_SWEEPS === 0) this.#routes.forget();
    for (const socket of this.#udpSockets) socket.sweep(nowMs);
    this.#connections?.sweep(nowMs);
  }
}

function monotonicMs(): number {
  return performance.now();
}

function noListener({ transport, address, port }: Destination): ServerError {
  const family = address.includes(":") ? "IPv6" : "IPv4";
  return new ServerError(
    "next-hop-unreachable",
    `${formatEndpoint(transport, address, port)}: we listen on no ${transport} ${family} socket`,
  );
}
