import type { Evidence } from "../causes/index.ts";
import { eventsOf, type TraceEvent, type TraceRecord } from "../trace/index.ts";

/** What one branch did, gathered from its events. Times are absolute. */
export interface BranchFacts {
  readonly number: number;
  target: string;
  destination: string;
  startedAtMs: number;
  /** How many times its request was sent. */
  sentCount: number;
  provisionals: { readonly statusCode: number; readonly atMs: number }[];
  /** 0 while there is no final response. */
  statusCode: number;
  reasonPhrase: string;
  endedAtMs: number | undefined;
  failedCauseId: string;
  failedDetail: string;
  cancelledAtMs: number | undefined;
  /** The name that DNS was asked for and has not answered; "" when none. */
  awaitedName: string;
  /** The branch whose failed destination it takes the place of; 0 when none. */
  insteadOf: number;
  /** The gateway of the configuration that it goes through; "" for most. */
  gateway: string;
  /** How long its destination is tried last from then on; 0: it is not. */
  avoidedForMs: number;
  /** For its size, or because there was no connection (then without a size). */
  switchedTo: { readonly transport: "tcp" | "udp"; readonly sizeBytes: number } | undefined;
}

/** A case as rules look at it: the request that matters, its events, and what follows from them. */
export interface CaseFacts {
  readonly record: TraceRecord;
  readonly records: readonly TraceRecord[];
  readonly events: readonly TraceEvent[];
  readonly branches: readonly BranchFacts[];
  readonly isPending: boolean;
  /** The end, or now. */
  readonly untilMs: number;
  /** The reason we gave ourselves, where we did. */
  readonly refusal: Refusal | undefined;
  /** The final response that went to the caller. */
  readonly final: FinalSent | undefined;
  /** When 100 Trying went to the caller. */
  readonly tryingAtMs: number | undefined;
  readonly cancelledAtMs: number | undefined;
  /** A question whose answer has not come. */
  readonly awaited: Awaited | undefined;
}

export interface Refusal {
  readonly causeId: string;
  readonly statusCode: number;
  readonly evidence: Evidence;
  readonly atMs: number;
}

export interface FinalSent {
  readonly statusCode: number;
  readonly reasonPhrase: string;
  readonly origin: "own" | "relayed";
  readonly branch: number;
  readonly atMs: number;
}

export interface Awaited {
  readonly question: string;
  readonly subject: string;
  readonly sinceMs: number;
}

/** Gathers the facts of the request that matters in a case; `nowMs` is the end of what is still pending. */
export function factsOf(records: readonly TraceRecord[], nowMs: number): CaseFacts {
  const record = subjectOf(records);
  const events = eventsOf(record.startedAtMs, record.values);
  // Branches that end later change nothing for the caller, who has the final response.
  const isPending = record.endedAtMs === undefined && record.statusCode === 0;
  const branches = new Map<number, BranchFacts>();
  let refusal: Refusal | undefined;
  let final: FinalSent | undefined;
  let tryingAtMs: number | undefined;
  let cancelledAtMs: number | undefined;
  let awaited: Awaited | undefined;
  for (const event of events) {
    const { atMs } = event;
    if ("branch" in event && event.branch > 0) noteBranch(branches, event);
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the others change none of these facts
    switch (event.kind) {
      case "refused": {
        const { causeId, statusCode } = event;
        refusal = { causeId, statusCode, evidence: evidenceIn(event.evidence), atMs };
        break;
      }
      case "response-sent":
        if (event.statusCode === 100) tryingAtMs ??= atMs;
        else if (event.statusCode >= 200) {
          const { statusCode, reasonPhrase, branch } = event;
          const origin = event.origin === "relayed" ? "relayed" : "own";
          // A second 2xx of a fork changes nothing: the first decided.
          final ??= { statusCode, reasonPhrase, origin, branch, atMs };
        }
        break;
      case "cancel-received":
        cancelledAtMs ??= atMs;
        break;
      case "answer-awaited":
        awaited = { question: event.question, subject: event.subject, sinceMs: atMs };
        break;
      case "next-hop-asked":
        awaited = { question: "dns", subject: event.name, sinceMs: atMs };
        break;
      case "directory-looked-up":
      case "location-looked-up":
      case "next-hop-resolved":
      case "branch-started":
      case "branch-failed":
        awaited = undefined;
        break;
      default:
    }
  }
  return {
    record,
    records,
    events,
    branches: [...branches.values()],
    isPending,
    untilMs: record.endedAtMs ?? nowMs,
    refusal,
    final,
    tryingAtMs,
    cancelledAtMs,
    awaited: refusal === undefined ? awaited : undefined,
  };
}

type BranchEvent = Extract<TraceEvent, { readonly branch: number }>;

function noteBranch(branches: Map<number, BranchFacts>, event: BranchEvent): void {
  const branch = branches.get(event.branch) ?? newBranch(event.branch, event.atMs);
  branches.set(event.branch, branch);
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the others say nothing of a branch
  switch (event.kind) {
    case "branch-started":
      branch.target = event.target;
      branch.destination = event.destination;
      branch.startedAtMs = event.atMs;
      branch.sentCount = 1;
      branch.awaitedName = "";
      break;
    case "next-hop-asked":
      branch.awaitedName = event.name;
      break;
    case "next-hop-resolved":
      branch.awaitedName = "";
      break;
    case "failed-over":
      branch.insteadOf = event.after;
      break;
    case "gateway-tried":
      branch.gateway = event.gateway;
      break;
    case "destination-avoided":
      branch.avoidedForMs = event.forMs;
      break;
    case "transport-switched": {
      const transport = event.to.startsWith("tcp:") ? "tcp" : "udp";
      branch.switchedTo = { transport, sizeBytes: event.sizeBytes };
      break;
    }
    case "retransmitted":
      // An ACK sent again says that the device repeats its answer, not that it is silent.
      if (event.what !== "ACK") branch.sentCount = Math.max(branch.sentCount + 1, event.count);
      break;
    case "response-received":
      if (event.statusCode < 200) {
        branch.provisionals.push({ statusCode: event.statusCode, atMs: event.atMs });
      } else if (branch.statusCode === 0) {
        branch.statusCode = event.statusCode;
        branch.reasonPhrase = event.reasonPhrase;
        branch.endedAtMs = event.atMs;
      }
      break;
    case "branch-ended":
      branch.statusCode = event.statusCode;
      branch.endedAtMs ??= event.atMs;
      break;
    case "branch-failed":
      branch.failedCauseId = event.causeId;
      branch.failedDetail = event.detail;
      branch.endedAtMs ??= event.atMs;
      break;
    case "branch-cancelled":
      branch.cancelledAtMs = event.atMs;
      break;
    default:
  }
}

function newBranch(number: number, startedAtMs: number): BranchFacts {
  return {
    number,
    target: "",
    destination: "",
    startedAtMs,
    sentCount: 0,
    provisionals: [],
    statusCode: 0,
    reasonPhrase: "",
    endedAtMs: undefined,
    failedCauseId: "",
    failedDetail: "",
    cancelledAtMs: undefined,
    awaitedName: "",
    insteadOf: 0,
    gateway: "",
    avoidedForMs: 0,
    switchedTo: undefined,
  };
}

/**
 * The request that a case is about: what is still pending before what failed, what failed before what worked. A
 * challenge that was followed by the same request with credentials is no failure, and an ACK is never the subject
 * while there is anything else.
 */
export function subjectOf(records: readonly TraceRecord[]): TraceRecord {
  const rank = (record: TraceRecord): number => {
    if (record.method === "ACK") return 0;
    if (record.endedAtMs === undefined) return record.method === "CANCEL" ? 2 : 5;
    const isChallenge = record.statusCode === 401 || record.statusCode === 407;
    if (isChallenge && records.some((other) => isRetryOf(other, record))) return 1;
    if (record.causeId !== "" || record.statusCode >= 300 || record.statusCode === 0) return 4;
    return record.method === "INVITE" ? 3 : 2;
  };
  let subject = records[0] as TraceRecord;
  for (const record of records) {
    const isLater = record.startedAtMs > subject.startedAtMs && rank(record) >= 4;
    if (rank(record) > rank(subject) || (rank(record) === rank(subject) && isLater)) {
      subject = record;
    }
  }
  return subject;
}

function isRetryOf(later: TraceRecord, challenged: TraceRecord): boolean {
  return later.method === challenged.method && later.startedAtMs > challenged.startedAtMs;
}

/** The evidence of a refusal; empty where a limit cut it. */
function evidenceIn(json: string): Evidence {
  try {
    return JSON.parse(json) as Evidence;
  } catch {
    // Cut by the limit on one value: the cause stands without its values.
    return {};
  }
}
