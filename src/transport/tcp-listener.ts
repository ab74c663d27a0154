import { createServer, type Server, type Socket } from "node:net";
import type { TransportCounters } from "./counters.ts";
import type { Endpoint } from "./types.ts";

/** Connections that wait to be accepted; the kernel cuts it to its own limit (net.core.somaxconn). */
const BACKLOG = 4_096;

const KEEP_ALIVE_PROBE_MS = 60_000;

export interface TcpListenerOptions {
  readonly endpoint: Endpoint;
  readonly counters: TransportCounters;
  readonly admit: (socket: Socket, listener: Endpoint) => void;
}

/** One bound TCP port; what it accepts belongs to the connection table. */
export class TcpListener {
  /** As bound: the port that the kernel gave when 0 was asked for. */
  readonly local: Endpoint;
  readonly #server: Server;

  private constructor(server: Server, { endpoint, counters, admit }: TcpListenerOptions) {
    const bound = server.address();
    const port = typeof bound === "object" && bound !== null ? bound.port : endpoint.port;
    this.#server = server;
    this.local = { transport: "tcp", address: endpoint.address, port };
    server.on("connection", (socket) => admit(socket, this.local));
    server.on("error", () => {
      counters.listenerErrors += 1;
    });
  }

  /** @throws what the kernel says (`EADDRINUSE`, `EACCES`…) */
  static open(options: TcpListenerOptions): Promise<TcpListener> {
    const { address, port } = options.endpoint;
    return new Promise((resolve, reject) => {
      const server = createServer({
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
      });
      server.once("error", reject);
      server.listen(
        { host: address, port, ipv6Only: true, backlog: BACKLOG, exclusive: true },
        () => {
          server.off("error", reject);
          resolve(new TcpListener(server, options));
        },
      );
    });
  }

  /** Accepts no more, and ends when the last connection has: the owner closes those. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}
