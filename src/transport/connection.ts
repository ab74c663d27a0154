import type { Socket } from "node:net";
import { StreamFramer } from "../message/index.ts";
import type { TransportCounters } from "./counters.ts";
import { tcpFault } from "./faults.ts";
import type { TransportLimits } from "./limits.ts";
import type { Endpoint, Flow, TransportEvents } from "./types.ts";

/** RFC 5626 §4.4.1: a ping is answered with one CRLF. */
const PONG = "\r\n";

/** What a peer still gets to read after it sent what cannot be framed. */
const FAREWELL_MS = 2_000;

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly local: Endpoint;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly isOutbound: boolean;
  /** How long the dial may take. */
  readonly connectMs: number;
  readonly limits: TransportLimits;
  readonly counters: TransportCounters;
  readonly events: TransportEvents;
  readonly nowMs: () => number;
  /** The first whole message or ping came: this peer speaks SIP. */
  readonly spoke: (connection: Connection) => void;
  readonly gone: (connection: Connection) => void;
}

/** One TCP connection: bytes into messages, messages into bytes, until either side ends it. It is its own flow. */
export class Connection implements Flow {
  readonly transport = "tcp";
  readonly isReliable = true;
  readonly local: Endpoint;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly isOutbound: boolean;
  readonly openedMs: number;
  /** A whole message or ping has come from the peer, or we opened it. */
  hasSpoken: boolean;
  /** When the last whole message or ping went either way. */
  activeMs: number;
  /** Why it is being closed, in words for the operator; undefined while it is open. */
  closeDetail: string | undefined = undefined;
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #framer: StreamFramer;
  #isConnected: boolean;
  #isFramed = true;
  /** When the message that is coming in began; `Infinity` between messages. */
  #messageBegunMs = Infinity;
  #stalledSinceMs = 0;
  #stalledBytes = 0;

  constructor(options: ConnectionOptions) {
    this.local = options.local;
    this.remoteAddress = options.remoteAddress;
    this.remotePort = options.remotePort;
    this.isOutbound = options.isOutbound;
    this.hasSpoken = options.isOutbound;
    this.openedMs = options.nowMs();
    this.activeMs = this.openedMs;
    this.#options = options;
    this.#socket = options.socket;
    this.#framer = new StreamFramer(options.limits);
    this.#isConnected = !options.isOutbound;
    this.#listen();
  }

  get isOpen(): boolean {
    return this.closeDetail === undefined;
  }

  /** Queues in memory while the dial goes on or the peer reads slowly, up to `writeQueueBytes`. */
  send(text: string, token: number): void {
    const { limits, counters, events } = this.#options;
    if (!this.isOpen) {
      if (token !== 0) process.nextTick(() => events.sendFailed(this, token, this.#detail()));
      return;
    }
    if (this.#socket.writableLength + text.length > limits.writeQueueBytes) {
      counters.stalledClosed += 1;
      this.close(`${this.#socket.writableLength} bytes wait to be read and none are taken`);
      if (token !== 0) process.nextTick(() => events.sendFailed(this, token, this.#detail()));
      return;
    }
    counters.streamMessagesSent += 1;
    this.activeMs = this.#options.nowMs();
    if (token === 0) {
      this.#socket.write(text, "latin1");
      return;
    }
    this.#socket.write(text, "latin1", (error) => {
      if (error !== null && error !== undefined) events.sendFailed(this, token, this.#detail());
    });
  }

  /** Ends it now; what waits to be written fails with `detail`. */
  close(detail: string): void {
    this.closeDetail ??= detail;
    this.#socket.destroy();
  }

  /** Closes a connection that is idle, or that drips, or whose peer takes nothing; called every few seconds. */
  checkProgress(nowMs: number): void {
    const { limits, counters } = this.#options;
    if (!this.isOpen) return;
    if (nowMs - this.activeMs >= limits.idleMs) {
      counters.idleClosed += 1;
      this.close(`nothing came or went for ${limits.idleMs} ms`);
      return;
    }
    if (nowMs - this.#messageBegunMs >= limits.messageMs) {
      counters.drippingClosed += 1;
      this.close(`a message that began was not whole after ${limits.messageMs} ms`);
      return;
    }
    const waitingBytes = this.#socket.writableLength;
    if (waitingBytes === 0 || !this.#isConnected) {
      this.#stalledSinceMs = 0;
    } else if (this.#stalledSinceMs === 0 || waitingBytes < this.#stalledBytes) {
      this.#stalledSinceMs = nowMs;
    } else if (nowMs - this.#stalledSinceMs >= limits.writeStallMs) {
      counters.stalledClosed += 1;
      this.close(`the peer took nothing for ${limits.writeStallMs} ms; ${waitingBytes} bytes wait`);
    }
    this.#stalledBytes = waitingBytes;
  }

  #listen(): void {
    const { counters, connectMs } = this.#options;
    const socket = this.#socket;
    if (this.isOutbound) {
      socket.setTimeout(connectMs, () => {
        if (!this.#isConnected) this.close(`no answer to the dial in ${connectMs} ms`);
      });
      socket.once("connect", () => {
        this.#isConnected = true;
        socket.setTimeout(0);
      });
    }
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("end", () => {
      this.closeDetail ??= "the peer closed the connection";
    });
    socket.on("error", (error) => {
      this.closeDetail ??= tcpFault(error);
    });
    socket.once("close", () => {
      if (!this.#isConnected) counters.dialsFailed += 1;
      this.closeDetail ??= "the connection was closed";
      this.#options.gone(this);
    });
  }

  #receive(chunk: Buffer): void {
    if (!this.#isFramed) return;
    const { counters, events } = this.#options;
    const outputs = this.#framer.push(chunk);
    if (!this.#framer.isAmidMessage) this.#messageBegunMs = Infinity;
    else if (outputs.length > 0 || this.#messageBegunMs === Infinity) {
      this.#messageBegunMs = this.#options.nowMs();
    }
    for (const output of outputs) {
      if (!this.isOpen) return;
      switch (output.kind) {
        case "message":
          counters.streamMessagesReceived += 1;
          this.#heard();
          events.message(output.text, this);
          break;
        case "ping":
          counters.pings += 1;
          this.#heard();
          this.send(PONG, 0);
          break;
        case "pong":
          this.#heard();
          break;
        case "unframable":
          counters.streamsUnframable += 1;
          this.#isFramed = false;
          events.unframable(output.text, this);
          this.#closeAfterAnswer(output.malformed.causeId);
          return;
      }
    }
  }

  #heard(): void {
    this.activeMs = this.#options.nowMs();
    if (this.hasSpoken) return;
    this.hasSpoken = true;
    this.#options.spoke(this);
  }

  /** The owner may answer in this tick; then we say goodbye, and read what still comes only to throw it away. */
  #closeAfterAnswer(why: string): void {
    setImmediate(() => {
      if (!this.isOpen) return;
      this.closeDetail = `the stream could not be framed: ${why}`;
      this.#socket.end();
      setTimeout(() => this.#socket.destroy(), FAREWELL_MS).unref();
    });
  }

  #detail(): string {
    return this.closeDetail ?? "the connection was closed";
  }
}
