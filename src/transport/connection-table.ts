import { connect, type Socket } from "node:net";
import { ServerError } from "../causes/index.ts";
import { canonicalAddress, hostPort, isWildcard } from "./addresses.ts";
import { Connection } from "./connection.ts";
import type { TransportCounters } from "./counters.ts";
import type { TransportLimits } from "./limits.ts";
import type { Endpoint, TransportEvents } from "./types.ts";

/** How often idle and stalled connections are looked for, in sweeps of one second. */
const PROGRESS_EVERY_SWEEPS = 5;

/** Between whole messages the kernel asks whether the peer is still there. */
const KEEP_ALIVE_PROBE_MS = 60_000;

export interface ConnectionTableOptions {
  readonly limits: TransportLimits;
  readonly counters: TransportCounters;
  readonly events: TransportEvents;
  readonly nowMs: () => number;
}

/** What one address holds. Both sets are in order of arrival. */
interface Neighbour {
  accepted: number;
  readonly silent: Set<Connection>;
}

/**
 * All TCP connections, by remote address and port.
 *
 * Theory: whoever opens connections and says nothing may cost us a descriptor each, and nothing else. They are
 * counted per address and in all; when there is no room, the oldest that never spoke gives way to the newcomer, so
 * that ten thousand half-open connections push out one another and never a phone that has registered.
 */
export class ConnectionTable {
  readonly #options: ConnectionTableOptions;
  readonly #all = new Set<Connection>();
  readonly #byRemote = new Map<string, Connection>();
  readonly #byAddress = new Map<string, Neighbour>();
  /** Accepted, and no whole message yet; the oldest first. */
  readonly #silent = new Set<Connection>();
  #sweeps = 0;

  constructor(options: ConnectionTableOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#all.size;
  }

  find(remoteAddress: string, remotePort: number): Connection | undefined {
    const connection = this.#byRemote.get(keyOf(canonicalAddress(remoteAddress), remotePort));
    return connection?.isOpen === true ? connection : undefined;
  }

  /** Takes an accepted socket in, or shuts it when there is no room. */
  admit(socket: Socket, listener: Endpoint): void {
    const { limits, counters } = this.#options;
    const { remoteAddress, remotePort, localAddress } = socket;
    if (remoteAddress === undefined || remotePort === undefined || localAddress === undefined) {
      socket.destroy(); // reset before we came to it
      return;
    }
    const neighbour = this.#neighbourOf(remoteAddress);
    const hasRoom =
      (neighbour.accepted < limits.connectionsPerAddress || this.#giveWay(neighbour.silent)) &&
      (this.#all.size < limits.connections || this.#giveWay(this.#silent));
    if (!hasRoom) {
      counters.connectionsRefused += 1;
      if (neighbour.accepted === 0) this.#byAddress.delete(remoteAddress);
      socket.on("error", () => undefined);
      socket.destroy();
      return;
    }
    counters.connectionsAccepted += 1;
    const local: Endpoint = { transport: "tcp", address: localAddress, port: listener.port };
    const connection = this.#add(socket, local, remoteAddress, remotePort, undefined);
    const neighbourNow = this.#neighbourOf(remoteAddress);
    neighbourNow.accepted += 1;
    neighbourNow.silent.add(connection);
    this.#silent.add(connection);
  }

  /** Opens a connection; messages may be sent at once and wait for it. `listener` is where the peer would dial us. */
  dial(
    remoteAddress: string,
    remotePort: number,
    listener: Endpoint,
    connectMs: number = this.#options.limits.connectTimeoutMs,
  ): Connection | ServerError {
    const { limits, counters } = this.#options;
    if (this.#all.size >= limits.connections && !this.#giveWay(this.#silent)) {
      counters.connectionsRefused += 1;
      return new ServerError("overloaded", `${limits.connections} connections are open`);
    }
    counters.connectionsDialled += 1;
    const socket = connect({
      host: remoteAddress,
      port: remotePort,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
      ...(isWildcard(listener.address) ? {} : { localAddress: listener.address }),
    });
    return this.#add(socket, listener, canonicalAddress(remoteAddress), remotePort, connectMs);
  }

  /** Once a second: the half-open whose time is over; now and then the idle and the stalled. */
  sweep(nowMs: number): void {
    const { limits, counters } = this.#options;
    for (const connection of this.#silent) {
      if (nowMs - connection.openedMs < limits.firstMessageMs) break;
      counters.halfOpenClosed += 1;
      this.#silence(connection);
      connection.close(`no whole message came in ${limits.firstMessageMs} ms`);
    }
    this.#sweeps += 1;
    if (this.#sweeps % PROGRESS_EVERY_SWEEPS !== 0) return;
    for (const connection of this.#all) connection.checkProgress(nowMs);
  }

  closeAll(detail: string): void {
    for (const connection of this.#all) connection.close(detail);
  }

  #add(
    socket: Socket,
    local: Endpoint,
    remoteAddress: string,
    remotePort: number,
    connectMs: number | undefined,
  ): Connection {
    const { limits, counters, events, nowMs } = this.#options;
    const connection = new Connection({
      socket,
      local,
      remoteAddress,
      remotePort,
      isOutbound: connectMs !== undefined,
      connectMs: Math.min(connectMs ?? Infinity, limits.connectTimeoutMs),
      limits,
      counters,
      events,
      nowMs,
      spoke: (speaker) => this.#silence(speaker),
      gone: (lost) => this.#remove(lost),
    });
    this.#all.add(connection);
    this.#byRemote.set(keyOf(remoteAddress, remotePort), connection);
    return connection;
  }

  /** Closes the oldest of those who never spoke. @returns whether there was one */
  #giveWay(silent: Set<Connection>): boolean {
    for (const connection of silent) {
      this.#options.counters.halfOpenClosed += 1;
      connection.close("made room for another: no whole message had come");
      this.#remove(connection);
      return true;
    }
    return false;
  }

  #silence(connection: Connection): void {
    this.#silent.delete(connection);
    this.#byAddress.get(connection.remoteAddress)?.silent.delete(connection);
  }

  #remove(connection: Connection): void {
    if (!this.#all.delete(connection)) return;
    this.#silence(connection);
    const key = keyOf(connection.remoteAddress, connection.remotePort);
    if (this.#byRemote.get(key) === connection) this.#byRemote.delete(key);
    if (!connection.isOutbound) {
      const neighbour = this.#neighbourOf(connection.remoteAddress);
      neighbour.accepted -= 1;
      if (neighbour.accepted === 0) this.#byAddress.delete(connection.remoteAddress);
    }
    // From inside `flowTo` (room made for a dial) this must not call out at once.
    process.nextTick(() => this.#options.events.closed(connection));
  }

  #neighbourOf(remoteAddress: string): Neighbour {
    let neighbour = this.#byAddress.get(remoteAddress);
    if (neighbour === undefined) {
      neighbour = { accepted: 0, silent: new Set() };
      this.#byAddress.set(remoteAddress, neighbour);
    }
    return neighbour;
  }
}

function keyOf(remoteAddress: string, remotePort: number): string {
  return hostPort(remoteAddress, remotePort);
}
