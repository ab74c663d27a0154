/** What a running server counts. Plain numbers, read by `why`, metrics and tests. */
export interface ServerCounters {
  requests: number;
  responses: number;
  /** Matched no transaction of ours, and dropped (RFC 6026 §7.3). */
  strayResponses: number;
  malformed: number;
  keepAlives: number;
  retransmissions: number;
  responsesDropped: number;
  refusedStateless: number;
  sendFailures: number;
  /** Bugs of ours that ended one message. */
  faults: number;
}

export function newCounters(): ServerCounters {
  return {
    requests: 0,
    responses: 0,
    strayResponses: 0,
    malformed: 0,
    keepAlives: 0,
    retransmissions: 0,
    responsesDropped: 0,
    refusedStateless: 0,
    sendFailures: 0,
    faults: 0,
  };
}
