/** Every bound of the socket layer. The server's numbers stand in `config/defaults.ts`. */
export interface TransportLimits {
  /** One message on a stream, headers and body; a longer one cannot be framed. */
  readonly messageSizeBytes: number;
  /** Start line and header fields of one message on a stream. */
  readonly headerSizeBytes: number;
  /** Open connections in all. When reached, the oldest that never sent a message gives way; if none, the new one. */
  readonly connections: number;
  /** Connections accepted from one address; the same rule. */
  readonly connectionsPerAddress: number;
  /** From our SYN to the peer's answer. */
  readonly connectTimeoutMs: number;
  /** From accept to the first whole message or ping: the half-open are closed after that. */
  readonly firstMessageMs: number;
  /** From the first byte of a message to its last: who drips bytes into one is closed. */
  readonly messageMs: number;
  /** Without a whole message or ping either way. */
  readonly idleMs: number;
  /** What waits to be written to one connection; a reader that lets it grow beyond is cut off. */
  readonly writeQueueBytes: number;
  /** How long what waits to be written may make no progress at all. */
  readonly writeStallMs: number;
  /** UDP peers of one socket whose {@link Flow} object is kept for reuse. */
  readonly flowsKept: number;
  /** Datagrams that the kernel would not take yet; beyond, they are dropped and counted. */
  readonly datagramsQueued: number;
  /** Asked of the kernel for each UDP socket (SO_RCVBUF). */
  readonly receiveBufferBytes: number;
  /** Silent UDP destinations listened to for ICMP errors; the one watched longest ago gives way. */
  readonly watchedDestinations: number;
  /** How long a destination stays watched after the last `watch`. */
  readonly watchMs: number;
}
