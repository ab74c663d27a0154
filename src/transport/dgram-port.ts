import { createSocket, type Socket } from "node:dgram";
import { literalLookup } from "./literal-lookup.ts";
import type { UdpFlow } from "./udp-flow.ts";
import type { UdpPort, UdpPortCounters, UdpPortOptions, UdpPortOwner } from "./udp-port.ts";

/** What IPv4 leaves for a datagram: 65,535 less 20 for IP and 8 for UDP. */
export const DATAGRAM_MAX_BYTES = 65_507;

/** @throws what the kernel says (`EADDRINUSE`, `EACCES`…) */
export async function openDgramPort(options: UdpPortOptions): Promise<UdpPort> {
  return new DgramPort(await bind(options), options);
}

/** {@link UdpPort} by node:dgram: runs everywhere. */
class DgramPort implements UdpPort {
  readonly port: number;
  readonly receiveBufferBytes: number;
  readonly #socket: Socket;
  readonly #queueLimit: number;
  readonly #counters: UdpPortCounters;
  #owner: UdpPortOwner | undefined;
  #isQueueing = false;
  #sendBuffer: Buffer = Buffer.allocUnsafeSlow(DATAGRAM_MAX_BYTES);

  constructor(socket: Socket, options: UdpPortOptions) {
    this.#socket = socket;
    this.#queueLimit = options.datagramsQueued;
    this.#counters = options.counters;
    this.port = socket.address().port;
    this.receiveBufferBytes = askForReceiveBuffer(socket, options.receiveBufferBytes);
    socket.on("error", () => {
      this.#counters.listenerErrors += 1;
    });
  }

  listen(owner: UdpPortOwner): void {
    this.#owner = owner;
    this.#socket.on("message", (bytes, peer) => {
      // Nobody can be answered at port 0.
      if (peer.port === 0) return;
      owner.datagram(bytes.toString("latin1"), owner.flowOf(peer.address, peer.port));
    });
  }

  get queuedCount(): number {
    return this.#socket.getSendQueueCount();
  }

  /**
   * The text is written into one buffer again and again: Node hands it to the kernel before `send` returns, unless
   * the kernel's buffer is full; then the buffer is left to Node and the next text gets a new one.
   */
  send(flow: UdpFlow, text: string, token: number): void {
    if (this.#isQueueing && this.#queueIsFull()) {
      this.#counters.datagramsDropped += 1;
      const error = new Error("too many datagrams wait for the kernel");
      process.nextTick(() => this.#owner?.failed(flow, token, error));
      return;
    }
    const sizeBytes = text.length;
    const bytes = this.#sendBuffer.subarray(0, sizeBytes);
    this.#sendBuffer.write(text, 0, sizeBytes, "latin1");
    if (token === 0) this.#socket.send(bytes, flow.remotePort, flow.remoteAddress);
    else {
      // One closure for each request that we send on; responses and what nobody asks about have none.
      this.#socket.send(bytes, flow.remotePort, flow.remoteAddress, (error) => {
        if (error !== null) this.#owner?.failed(flow, token, error);
      });
    }
    if (this.#socket.getSendQueueCount() === 0) return;
    this.#isQueueing = true;
    this.#counters.datagramsQueued += 1;
    this.#sendBuffer = Buffer.allocUnsafeSlow(DATAGRAM_MAX_BYTES);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.close(() => resolve());
    });
  }

  #queueIsFull(): boolean {
    const count = this.#socket.getSendQueueCount();
    this.#isQueueing = count !== 0;
    return count >= this.#queueLimit;
  }
}

function bind({ address, port, reusePort }: UdpPortOptions): Promise<Socket> {
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
