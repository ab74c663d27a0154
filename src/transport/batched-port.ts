// Hot path: `send` and `#received`, once for each datagram. The calls into the kernel are in native/udp-batch.c, once
// for many.
import { getSystemErrorName } from "node:util";
import type { BatchAddon, BatchHandle } from "./batch-addon.ts";
import type { UdpFlow } from "./udp-flow.ts";
import type { UdpPort, UdpPortCounters, UdpPortOptions, UdpPortOwner } from "./udp-port.ts";

// The layout that both sides know: change `LAYOUT` in batch-addon.ts with it.
const RECEIVE_SLOTS = 32;
const SLOT_BYTES = 65_536;
const SEND_SLOTS = 128;
const SEND_BYTES = 262_144;
const ROW_WORDS = 8;
const ROW_BYTES = 4 * ROW_WORDS;
const ROW_SIZE = 0;
const ROW_PORT = 1;
const ROW_ADDRESS = 2;
const ROW_OFFSET = 6;
/** Of what was sent: 0, or why not. Before that, of an IPv6 address: its zone. */
const ROW_ERRNO = 7;

/** Peers found again by their number: a power of two. */
const PEERS = 4_096;

interface Waiting {
  readonly flow: UdpFlow;
  readonly text: string;
  readonly token: number;
}

/** @throws what the kernel says (`EADDRINUSE`, `EACCES`…) */
export function openBatchedPort(addon: BatchAddon, options: UdpPortOptions): UdpPort {
  return new BatchedPort(addon, options);
}

/** {@link UdpPort} by recvmmsg and sendmmsg: what comes together is answered together. */
class BatchedPort implements UdpPort {
  readonly port: number;
  readonly receiveBufferBytes: number;
  readonly #addon: BatchAddon;
  readonly #handle: BatchHandle;
  readonly #isIpv6: boolean;
  readonly #queueLimit: number;
  #owner: UdpPortOwner | undefined;
  readonly #counters: UdpPortCounters;
  readonly #received = Buffer.alloc(RECEIVE_SLOTS * SLOT_BYTES);
  readonly #receivedRows: Uint32Array;
  readonly #sent = Buffer.alloc(SEND_BYTES);
  readonly #sentRows: Uint32Array;
  readonly #peers: (UdpFlow | undefined)[] = Array.from({ length: PEERS }, () => undefined);
  /** Whose the rows to be sent are. */
  readonly #flows: UdpFlow[] = [];
  readonly #tokens: number[] = [];
  /** Rows filled, and bytes used, since the last flush. */
  #count = 0;
  #used = 0;
  #isReceiving = false;
  #isFlushBooked = false;
  /** What the kernel would not take yet, oldest first. */
  #waiting: Waiting[] = [];
  #isClosed = false;
  #onClosed: () => void = () => undefined;
  readonly #flushLater = (): void => {
    this.#isFlushBooked = false;
    this.#flush();
  };

  constructor(addon: BatchAddon, options: UdpPortOptions) {
    const { address, port, reusePort } = options;
    this.#addon = addon;
    this.#isIpv6 = address.includes(":");
    this.#queueLimit = options.datagramsQueued;
    this.#counters = options.counters;
    const receivedRows = Buffer.alloc(RECEIVE_SLOTS * ROW_BYTES);
    const sentRows = Buffer.alloc(SEND_SLOTS * ROW_BYTES);
    this.#receivedRows = wordsIn(receivedRows);
    this.#sentRows = wordsIn(sentRows);
    try {
      this.#handle = addon.open(
        address,
        port,
        this.#isIpv6,
        reusePort,
        [this.#received, receivedRows, this.#sent, sentRows],
        (count) => this.#batch(count),
        () => this.#onClosed(),
      );
    } catch (error) {
      throw named(error);
    }
    this.port = addon.port(this.#handle);
    this.receiveBufferBytes = addon.receiveBuffer(this.#handle, options.receiveBufferBytes);
  }

  get queuedCount(): number {
    return this.#waiting.length;
  }

  listen(owner: UdpPortOwner): void {
    this.#owner = owner;
    this.#addon.listen(this.#handle);
  }

  send(flow: UdpFlow, text: string, token: number): void {
    if (this.#waiting.length > 0) {
      this.#wait(flow, text, token);
      return;
    }
    const sizeBytes = text.length;
    if (this.#count === SEND_SLOTS || this.#used + sizeBytes > SEND_BYTES) {
      this.#flush();
      if (this.#waiting.length > 0) {
        this.#wait(flow, text, token);
        return;
      }
    }
    this.#fill(flow, text, token);
    if (this.#isReceiving || this.#isFlushBooked) return;
    this.#isFlushBooked = true;
    process.nextTick(this.#flushLater);
  }

  close(): Promise<void> {
    this.#flush();
    this.#isClosed = true;
    return new Promise((resolve) => {
      this.#onClosed = resolve;
      this.#addon.close(this.#handle);
    });
  }

  /** `count` datagrams are in their slots; none: the kernel takes datagrams again. */
  #batch(count: number): void {
    const owner = this.#owner as UdpPortOwner;
    this.#isReceiving = true;
    try {
      for (let at = 0; at < count && !this.#isClosed; at += 1) {
        const row = at * ROW_WORDS;
        const start = at * SLOT_BYTES;
        const sizeBytes = this.#receivedRows[row + ROW_SIZE] as number;
        const remotePort = this.#receivedRows[row + ROW_PORT] as number;
        // Nobody can be answered at port 0.
        if (remotePort === 0) continue;
        const text = this.#received.toString("latin1", start, start + sizeBytes);
        owner.datagram(text, this.#peer(owner, at, row, remotePort));
      }
    } finally {
      this.#isReceiving = false;
      if (count === 0) this.#sendWaiting();
      this.#flush();
    }
  }

  #peer(owner: UdpPortOwner, at: number, row: number, remotePort: number): UdpFlow {
    const rows = this.#receivedRows;
    const word = rows[row + ROW_ADDRESS] as number;
    const last = rows[row + ROW_ADDRESS + 3] as number;
    const slot = (Math.imul(word ^ last ^ (remotePort << 12), 0x9e3779b1) >>> 20) & (PEERS - 1);
    const known = this.#peers[slot];
    if (known !== undefined && known.remotePort === remotePort) {
      const words = known.words as readonly number[];
      if (words[0] === word && (!this.#isIpv6 || this.#isSame(words, row))) return known;
    }
    const flow = owner.flowOf(this.#addon.nameOf(this.#handle, at), remotePort);
    flow.words ??= this.#addon.words(flow.remoteAddress);
    if (flow.words !== undefined) this.#peers[slot] = flow;
    return flow;
  }

  #isSame(words: readonly number[], row: number): boolean {
    const rows = this.#receivedRows;
    return (
      words[1] === rows[row + ROW_ADDRESS + 1] &&
      words[2] === rows[row + ROW_ADDRESS + 2] &&
      words[3] === rows[row + ROW_ADDRESS + 3] &&
      words[4] === rows[row + ROW_ERRNO]
    );
  }

  #fill(flow: UdpFlow, text: string, token: number): void {
    const words = (flow.words ??= this.#addon.words(flow.remoteAddress));
    if (words === undefined) {
      this.#failLater(flow, token, new Error(`${flow.remoteAddress} is not an IP address`));
      return;
    }
    const sizeBytes = text.length;
    const rows = this.#sentRows;
    const row = this.#count * ROW_WORDS;
    this.#sent.write(text, this.#used, sizeBytes, "latin1");
    rows[row + ROW_SIZE] = sizeBytes;
    rows[row + ROW_PORT] = flow.remotePort;
    rows[row + ROW_ADDRESS] = words[0] as number;
    if (this.#isIpv6) {
      rows[row + ROW_ADDRESS + 1] = words[1] as number;
      rows[row + ROW_ADDRESS + 2] = words[2] as number;
      rows[row + ROW_ADDRESS + 3] = words[3] as number;
      rows[row + ROW_ERRNO] = words[4] as number;
    }
    rows[row + ROW_OFFSET] = this.#used;
    this.#flows[this.#count] = flow;
    this.#tokens[this.#count] = token;
    this.#count += 1;
    this.#used += sizeBytes;
  }

  #flush(): void {
    const count = this.#count;
    if (count === 0 || this.#isClosed) return;
    const done = this.#addon.flush(this.#handle, 0, count);
    for (let at = 0; at < done; at += 1) {
      const errno = this.#sentRows[at * ROW_WORDS + ROW_ERRNO] as number;
      if (errno !== 0) {
        this.#failLater(this.#flows[at] as UdpFlow, this.#tokens[at] as number, errnoError(errno));
      }
    }
    for (let at = done; at < count; at += 1) this.#keep(at);
    this.#count = 0;
    this.#used = 0;
  }

  #keep(at: number): void {
    const start = this.#sentRows[at * ROW_WORDS + ROW_OFFSET] as number;
    const end = start + (this.#sentRows[at * ROW_WORDS + ROW_SIZE] as number);
    const text = this.#sent.toString("latin1", start, end);
    this.#wait(this.#flows[at] as UdpFlow, text, this.#tokens[at] as number);
  }

  #wait(flow: UdpFlow, text: string, token: number): void {
    if (this.#waiting.length >= this.#queueLimit) {
      this.#counters.datagramsDropped += 1;
      this.#failLater(flow, token, new Error("too many datagrams wait for the kernel"));
      return;
    }
    this.#counters.datagramsQueued += 1;
    this.#waiting.push({ flow, text, token });
  }

  #sendWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { flow, text, token } of waiting) this.send(flow, text, token);
  }

  #failLater(flow: UdpFlow, token: number, error: Error): void {
    process.nextTick(() => this.#owner?.failed(flow, token, error));
  }
}

function wordsIn(bytes: Buffer): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

function errnoError(errno: number): Error {
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(code), { code });
}

function named(error: unknown): unknown {
  if (!(error instanceof Error) || !("errno" in error)) return error;
  return Object.assign(error, { code: getSystemErrorName(-Number(error.errno)) });
}
