import type { Endpoint, TransportName } from "../base/endpoint.ts";
import type { ServerError } from "../causes/index.ts";

export type { Endpoint, TransportName } from "../base/endpoint.ts";

/** Where bytes go: what RFC 3263 ends with. */
export type Destination = Endpoint;

/**
 * The way a message came, and the way its response goes back: a UDP socket with the peer's address, or a connection.
 * Valid until `closed` is reported for it.
 */
export interface Flow {
  readonly transport: TransportName;
  readonly isReliable: boolean;
  /** Our own address and port on this flow; the wildcard when the socket listens on one. */
  readonly local: Endpoint;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** What a transport tells its owner. None of these is called from inside `send` or `flowTo`. */
export interface TransportEvents {
  /** One datagram, as latin1: one char a byte. */
  datagram(text: string, flow: Flow): void;
  /** One message from a stream, framed by Content-Length. */
  message(text: string, flow: Flow): void;
  /** A stream that cannot be framed any further; it is closed after what `answer` is given was written. */
  unframable(text: string, flow: Flow): void;
  /** A message given to `send` will not arrive: ICMP, refused, reset, timed out. Best effort for UDP. */
  sendFailed(flow: Flow, token: number, detail: string): void;
  /** The connection is gone. Not called for UDP. */
  closed(flow: Flow): void;
}

/** Sockets behind one face: real ones, or the simulated network. */
export interface TransportLayer {
  /** Binds every listener or none. @throws ServerError "listener-refused", one message for all of them */
  open(events: TransportEvents): Promise<readonly Endpoint[]>;
  /**
   * The flow to a destination: a UDP socket of the same family, or a connection that is open or being opened. One that
   * is opened for this may take `connectMs`, where that is less than the limit.
   */
  flowTo(destination: Destination, connectMs?: number): Flow | ServerError;
  /** The open connection from that peer, if there is one. */
  connectionFrom(
    transport: TransportName,
    remoteAddress: string,
    remotePort: number,
  ): Flow | undefined;
  /**
   * The same UDP socket and peer address at another port: where a response goes whose request asked for no rport
   * (RFC 3261 §18.2.2). A connection is its own answer.
   */
  flowBeside(flow: Flow, remotePort: number): Flow;
  /** Writes or queues; never throws. `token` comes back with `sendFailed`; 0 when nobody asks. */
  send(flow: Flow, text: string, token: number): void;
  /**
   * That peer did not answer at once (the first Timer A or E): from here on errors about it are listened for, and a
   * later `send` to it that meets a closed port is told with `sendFailed`. Cheap to repeat; nothing for a connection.
   */
  watch(flow: Flow): void;
  /** The address that peers of that destination see us under: the kernel's choice, or `advertise`. */
  localAddressTowards(flow: Flow): Endpoint;
  /** What `why` and the metrics show. */
  counters(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}
