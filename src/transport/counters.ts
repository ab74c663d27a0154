/** What the socket layer counts from its start; `connectionsOpen` and `destinationsWatched` are levels. */
export class TransportCounters {
  datagramsReceived = 0;
  datagramsSent = 0;
  /** The kernel's buffer was full; sent a moment later. */
  datagramsQueued = 0;
  /** Neither sent nor queued: the queue was full too. */
  datagramsDropped = 0;
  /** The kernel refused at once (no route, too long), or an ICMP error came for a watched destination. */
  datagramsFailed = 0;
  /** Empty or blank datagrams that keep a NAT binding open. */
  keepAlives = 0;
  streamMessagesReceived = 0;
  streamMessagesSent = 0;
  pings = 0;
  streamsUnframable = 0;
  connectionsAccepted = 0;
  connectionsDialled = 0;
  dialsFailed = 0;
  /** No room, and nobody to give way. */
  connectionsRefused = 0;
  /** Closed without ever having sent a whole message: too slow, or in the way of others. */
  halfOpenClosed = 0;
  idleClosed = 0;
  /** A message begun and not ended in time. */
  drippingClosed = 0;
  stalledClosed = 0;
  /** Errors of a listening socket, such as no more file descriptors. */
  listenerErrors = 0;
  connectionsOpen = 0;
  destinationsWatched = 0;
}
