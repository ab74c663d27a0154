/**
 * Everything that can be decided about a request, as names and fields: `name` holds a string, `name:n` a number.
 * Ids and values, no prose; prose is rendered when somebody reads. Kinds and fields are only ever added: kept
 * cases of an older version stay readable.
 */
export const traceEvents = {
  // What came and went. `branch` is 0 on the caller's side, and counts from 1 towards the callees.
  "request-received": ["method", "requestUri", "peer"],
  "request-sent": ["branch:n", "method", "requestUri", "peer"],
  "response-received": ["branch:n", "statusCode:n", "reasonPhrase", "peer"],
  /** `origin` is "own" where we decided, "relayed" where branch `branch` said so. */
  "response-sent": ["statusCode:n", "reasonPhrase", "origin", "branch:n"],
  "response-dropped": ["branch:n", "statusCode:n", "rfc"],
  "ack-received": ["peer"],
  "cancel-received": ["peer"],
  retransmitted: ["branch:n", "what", "count:n"],

  // Validation and authority (RFC 3261 §16.3, §16.4, §22)
  "dialog-token-valid": [],
  "spiral-recognised": ["branchId"],
  challenged: ["realm", "algorithms", "stale:n"],
  authenticated: ["username", "algorithm"],
  "route-popped": ["route"],
  "route-followed": ["route"],
  "strict-route-repaired": ["requestUri"],

  // The search (§16.5)
  "domain-checked": ["domain", "served:n"],
  "alias-followed": ["alias", "aor"],
  "directory-looked-up": ["aor", "found:n"],
  "location-looked-up": ["aor", "bindings:n", "expired:n"],
  /** A question whose answer did not come at once: `question` is "directory", "location" or "dns". */
  "answer-awaited": ["question", "subject"],
  /** `rule` says how the number that was dialled was read: an id of `routing`'s `NumberRule`. */
  "number-normalised": ["from", "to", "rule"],
  /** The route of the configuration that takes the number, and its gateways in their order. */
  "route-chosen": ["number", "route", "gateways"],
  "route-missing": ["number"],
  /** Tried after the others: down for so long, by a probe that came to `why`, a status code or "silent"… */
  "gateway-skipped": ["gateway", "why", "forMs:n"],
  "next-hop-configured": ["domain", "nextHop"],
  "target-added": ["target", "qMilli:n", "origin"],
  "target-skipped": ["target", "causeId"],
  "next-hop-asked": ["branch:n", "name"],
  /** Where that branch goes. `choices` was written before destinations were located one at a time, and is 0 since. */
  "next-hop-resolved": ["branch:n", "destination", "choices:n"],
  "gateway-tried": ["branch:n", "gateway"],
  /** `outcome` is "records", "none", "failed" or "silent"; `detail` the records as text, or why there are none. */
  "dns-answered": ["branch:n", "type", "name", "outcome", "detail", "rfc"],
  /** `why` is "avoided" (found dead a while ago, tried last) or "failed" (for this very request). */
  "destination-skipped": ["branch:n", "destination", "why", "forMs:n"],
  /** Found dead, or busy, by that branch: tried last for a while. `why` is "silent", "unreachable" or "busy". */
  "destination-avoided": ["branch:n", "destination", "why", "forMs:n"],
  /** For its size from UDP to TCP, or back because there was no connection (`sizeBytes` is 0 then). */
  "transport-switched": ["branch:n", "from", "to", "sizeBytes:n", "rfc"],
  /** Branch `branch` goes where its target may be reached as well, after branch `after` failed. */
  "failed-over": ["branch:n", "after:n", "rfc"],

  // Forking and the response context (§16.6, §16.7)
  "branch-started": ["branch:n", "target", "destination"],
  "branch-failed": ["branch:n", "causeId", "detail"],
  "branch-cancelled": ["branch:n", "why"],
  "branch-ended": ["branch:n", "statusCode:n"],
  "best-chosen": ["branch:n", "statusCode:n", "candidates:n", "rfc"],
  "response-rewritten": ["fromStatusCode:n", "toStatusCode:n", "rfc"],
  "timer-fired": ["timer", "branch:n", "rfc"],

  // Registration (§10.3)
  "binding-written": ["contactUri", "expiresSeconds:n", "change"],
  "store-conflict": ["aor"],

  // The end. `evidence` is the JSON of the cause's evidence.
  refused: ["causeId", "statusCode:n", "evidence"],
  ended: ["statusCode:n"],
} as const satisfies Record<string, readonly string[]>;

export type TraceEventKind = keyof typeof traceEvents;

type FieldName<Field> = Field extends `${infer Name}:n` ? Name : Field;
type FieldValue<Field> = Field extends `${string}:n` ? number : string;

/** The values of one kind of event, in the order of {@link traceEvents}. */
export type TraceValues<K extends TraceEventKind> = ValuesOf<(typeof traceEvents)[K]>;

type ValuesOf<Fields extends readonly string[]> = {
  readonly [I in keyof Fields]: FieldValue<Fields[I]>;
};

/** One event as a reader sees it: its kind, its time, and its fields by name. */
export type TraceEvent = {
  [K in TraceEventKind]: { readonly kind: K; readonly atMs: number } & {
    readonly [
      Field in (typeof traceEvents)[K][number] as FieldName<Field> & string
    ]: FieldValue<Field>;
  };
}[TraceEventKind];
