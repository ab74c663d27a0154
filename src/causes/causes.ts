interface CauseFacts {
  /** What may be answered when this is why. Empty: nothing of ours reaches the wire. */
  readonly statusCodes: readonly number[];
  /** The evidence a cause carries: `name` holds a string, `name:n` a number. */
  readonly evidence: readonly string[];
  readonly rfc: string;
}

/** Every reason the project can give. The words are in `content/causes/<id>/<lang>.md`; a test checks both ways. */
export const causes = {
  // The search
  "user-unknown": { statusCodes: [404, 480], evidence: ["aor", "domain"], rfc: "RFC 3261 §21.4.5" },
  "user-not-registered": { statusCodes: [480], evidence: ["aor"], rfc: "RFC 3261 §21.4.18" },
  "bindings-expired": {
    statusCodes: [480],
    evidence: ["aor", "contactUri", "expiredAtMs:n", "expiredCount:n"],
    rfc: "RFC 3261 §10.3",
  },
  "domain-not-served": {
    statusCodes: [404],
    evidence: ["domain", "requestUri"],
    rfc: "RFC 3261 §21.4.5",
  },
  "relay-not-allowed": {
    statusCodes: [403, 480],
    evidence: ["domain", "requestUri"],
    rfc: "RFC 3261 §26.3.2.2",
  },
  "alias-loop": { statusCodes: [482, 480], evidence: ["aor"], rfc: "RFC 3261 §16.5" },
  "no-target-usable": {
    statusCodes: [480],
    evidence: ["aor", "skippedCount:n"],
    rfc: "RFC 3261 §16.5",
  },

  // Who may do what
  "credentials-missing": { statusCodes: [401, 407], evidence: ["realm"], rfc: "RFC 3261 §22.1" },
  "credentials-wrong": {
    statusCodes: [401, 407],
    evidence: ["realm", "username"],
    rfc: "RFC 7616 §3.4",
  },
  "account-unknown": {
    statusCodes: [401, 407],
    evidence: ["realm", "username"],
    rfc: "RFC 7616 §5.3",
  },
  "nonce-stale": { statusCodes: [401, 407], evidence: ["realm", "username"], rfc: "RFC 7616 §3.3" },
  "nonce-replayed": {
    statusCodes: [401, 407],
    evidence: ["realm", "username", "nonceCount:n"],
    rfc: "RFC 7616 §5.5",
  },
  "credentials-malformed": {
    statusCodes: [401, 407],
    evidence: ["realm", "detail"],
    rfc: "RFC 7616 §3.4",
  },
  "from-not-yours": { statusCodes: [403], evidence: ["username", "from"], rfc: "RFC 3261 §22.3" },
  "aor-not-yours": { statusCodes: [403], evidence: ["username", "aor"], rfc: "RFC 3261 §10.3" },

  // Requests that go no further
  "max-forwards-spent": {
    statusCodes: [483],
    evidence: ["requestUri", "hops:n"],
    rfc: "RFC 3261 §16.3",
  },
  "loop-detected": {
    statusCodes: [482],
    evidence: ["requestUri", "ownViaCount:n"],
    rfc: "RFC 5393 §4.2",
  },
  "max-breadth-exceeded": {
    statusCodes: [440],
    evidence: ["maxBreadth:n", "targets:n"],
    rfc: "RFC 5393 §5.3.3.1",
  },
  "uri-scheme-unsupported": { statusCodes: [416], evidence: ["scheme"], rfc: "RFC 3261 §16.3" },
  "sips-not-available": { statusCodes: [480, 416], evidence: ["requestUri"], rfc: "RFC 5630 §5.3" },
  "extension-required": {
    statusCodes: [420],
    evidence: ["extensions", "headerName"],
    rfc: "RFC 3261 §16.3",
  },
  "transaction-unknown": { statusCodes: [481], evidence: ["callId"], rfc: "RFC 3261 §9.2" },

  // Malformed messages
  "start-line-malformed": {
    statusCodes: [400],
    evidence: ["offset:n", "expected"],
    rfc: "RFC 3261 §7.1",
  },
  "version-unsupported": {
    statusCodes: [505],
    evidence: ["offset:n", "version"],
    rfc: "RFC 3261 §21.5.6",
  },
  "header-malformed": {
    statusCodes: [400],
    evidence: ["headerName", "offset:n", "expected"],
    rfc: "RFC 3261 §8.2.6",
  },
  "header-missing": { statusCodes: [400], evidence: ["headerName"], rfc: "RFC 3261 §8.1.1" },
  "request-uri-malformed": {
    statusCodes: [400],
    evidence: ["offset:n", "expected"],
    rfc: "RFC 3261 §8.2.2.1",
  },
  "cseq-malformed": {
    statusCodes: [400],
    evidence: ["offset:n", "expected"],
    rfc: "RFC 3261 §8.1.1.5",
  },
  "via-malformed": {
    statusCodes: [400],
    evidence: ["offset:n", "expected"],
    rfc: "RFC 3261 §20.42",
  },
  "content-length-wrong": {
    statusCodes: [400],
    evidence: ["offset:n", "declared:n", "present:n"],
    rfc: "RFC 3261 §18.3",
  },
  "message-too-large": {
    statusCodes: [513],
    evidence: ["sizeBytes:n", "limitBytes:n"],
    rfc: "RFC 3261 §21.5.7",
  },

  // Registration
  "interval-too-brief": {
    statusCodes: [423],
    evidence: ["requestedSeconds:n", "minimumSeconds:n"],
    rfc: "RFC 3261 §10.3",
  },
  "contact-malformed": {
    statusCodes: [400],
    evidence: ["expected", "offset:n"],
    rfc: "RFC 3261 §10.3",
  },
  "wildcard-misused": { statusCodes: [400], evidence: ["expected"], rfc: "RFC 3261 §10.3" },
  "register-out-of-order": {
    statusCodes: [500],
    evidence: ["aor", "cseq:n", "heldCseq:n"],
    rfc: "RFC 3261 §10.3",
  },
  "too-many-bindings": { statusCodes: [403], evidence: ["aor", "limit:n"], rfc: "RFC 3261 §10.3" },
  "path-not-supported": { statusCodes: [420], evidence: ["aor"], rfc: "RFC 3327 §5.3" },

  // Branches
  "branch-silent-after-100": {
    statusCodes: [408],
    evidence: ["target", "provisionalAfterMs:n", "waitedMs:n"],
    rfc: "RFC 3261 §16.8",
  },
  "branch-unanswered": {
    statusCodes: [408],
    evidence: ["target", "lastStatusCode:n", "waitedMs:n"],
    rfc: "RFC 3261 §16.8",
  },
  "branch-timed-out": {
    statusCodes: [408],
    evidence: ["target", "waitedMs:n"],
    rfc: "RFC 3261 §16.9",
  },
  "response-too-late": {
    statusCodes: [],
    evidence: ["target", "statusCode:n", "waitedMs:n"],
    rfc: "RFC 4320 §4.2",
  },
  "cancel-unanswered": {
    statusCodes: [408, 487],
    evidence: ["target", "waitedMs:n"],
    rfc: "RFC 3261 §9.1",
  },
  "next-hop-unreachable": {
    statusCodes: [500, 503],
    evidence: ["target", "detail"],
    rfc: "RFC 3261 §16.9",
  },
  "next-hop-unresolvable": {
    statusCodes: [500, 503],
    evidence: ["target", "detail"],
    rfc: "RFC 3263 §4.2",
  },
  "every-branch-refused": {
    statusCodes: [],
    evidence: ["branches:n", "chosen:n"],
    rfc: "RFC 3261 §16.7",
  },
  "relayed-busy": {
    statusCodes: [],
    evidence: ["target", "statusCode:n"],
    rfc: "RFC 3261 §21.4.24",
  },
  "relayed-declined": {
    statusCodes: [],
    evidence: ["target", "statusCode:n"],
    rfc: "RFC 3261 §21.6.2",
  },
  "relayed-refusal": {
    statusCodes: [],
    evidence: ["target", "statusCode:n"],
    rfc: "RFC 3261 §16.7",
  },
  "relayed-not-found": {
    statusCodes: [],
    evidence: ["target", "statusCode:n"],
    rfc: "RFC 3261 §21.4.5",
  },
  "relayed-unavailable": {
    statusCodes: [],
    evidence: ["target", "statusCode:n"],
    rfc: "RFC 3261 §21.4.18",
  },
  "relayed-media-refused": {
    statusCodes: [],
    evidence: ["target", "statusCode:n"],
    rfc: "RFC 3261 §21.4.26",
  },
  "service-unavailable-hidden": { statusCodes: [500], evidence: ["target"], rfc: "RFC 3261 §16.7" },
  "caller-cancelled": { statusCodes: [487], evidence: ["afterMs:n"], rfc: "RFC 3261 §9.2" },

  // What a request that is still pending waits for
  "branch-ringing": {
    statusCodes: [],
    evidence: ["target", "statusCode:n", "ringingForMs:n"],
    rfc: "RFC 3261 §16.7",
  },
  "branch-not-answering": {
    statusCodes: [],
    evidence: ["target", "waitedMs:n", "sentCount:n"],
    rfc: "RFC 3261 §17.1.1.2",
  },
  "answer-awaited": {
    statusCodes: [],
    evidence: ["question", "subject", "waitedMs:n"],
    rfc: "RFC 3261 §16.5",
  },

  // Our surroundings
  "location-unreachable": { statusCodes: [503], evidence: ["detail"], rfc: "RFC 3261 §21.5.4" },
  "directory-unreachable": { statusCodes: [503], evidence: ["detail"], rfc: "RFC 3261 §21.5.4" },
  overloaded: { statusCodes: [503], evidence: ["limit", "limitValue:n"], rfc: "RFC 3261 §21.5.4" },
  "shutting-down": { statusCodes: [503], evidence: [], rfc: "RFC 3261 §21.5.4" },
  "internal-fault": { statusCodes: [500], evidence: ["detail"], rfc: "RFC 3261 §21.5.1" },
  "listener-refused": { statusCodes: [], evidence: ["listen", "detail"], rfc: "RFC 3261 §18" },
  "no-domain": { statusCodes: [], evidence: ["detail"], rfc: "RFC 3261 §16.5" },
  "data-folder-in-use": {
    statusCodes: [],
    evidence: ["folder", "processId:n"],
    rfc: "RFC 3261 §10.3",
  },
  "store-unreadable": { statusCodes: [], evidence: ["folder", "detail"], rfc: "RFC 3261 §10.3" },
} as const satisfies Record<string, CauseFacts>;

export type CauseId = keyof typeof causes;

type Facts<Id extends CauseId> = (typeof causes)[Id];

/** The status codes a cause may lead to; `never` where nothing of ours reaches the wire. */
export type StatusCodeOf<Id extends CauseId> = Facts<Id>["statusCodes"][number];

type Field<Name> = Name extends `${infer Plain}:n` ? Plain : Name;
/** What must be known to give a cause: no cause without its evidence. */
export type EvidenceOf<Id extends CauseId> = {
  readonly [
    Name in Facts<Id>["evidence"][number] as Field<Name> & string
  ]: Name extends `${string}:n` ? number : string;
};
