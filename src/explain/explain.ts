import { causes, type CauseId, type Evidence } from "../causes/index.ts";
import type { CauseContent } from "../codes/index.ts";
import { reasonPhraseOf } from "../message/index.ts";
import type { TraceRecord } from "../trace/index.ts";
import { branchRows, branchSummaries } from "./branch-summaries.ts";
import { factsOf, type CaseFacts } from "./case-facts.ts";
import { messageRows, ROW_LIMIT, searchRows, type DirectoryNote } from "./evidence.ts";
import { filled, relativeTo, type Values } from "./fill.ts";
import { addressOf, between, nameOf } from "./format.ts";
import { gatewayRows, routeFixes } from "./gateway-rows.ts";
import { ladderOf } from "./ladder-rows.ts";
import { dnsRows, skippedRows } from "./location-rows.ts";
import { nearMissRows } from "./near-miss-rows.ts";
import { nextStepOf } from "./next-step.ts";
import { notesOf } from "./notes.ts";
import type { Finding } from "./rule.ts";
import { rules } from "./rules/index.ts";
import type { EvidenceRow, Explanation, NearMiss } from "./types.ts";
import { whoSaidNoOf, whoSaidNoRows } from "./who-said-no.ts";
import { say } from "./words.ts";

/** What explaining needs beside the case. */
export interface ExplainContext {
  /** The words: `loadCauseContent`. */
  readonly content: CauseContent;
  /** How long a pending request has waited is counted to here. */
  readonly nowMs: number;
  /** What the server's line of the ladder is called. */
  readonly serverName?: string;
  readonly directory?: DirectoryNote;
  /** From {@link nearMissesFrom}; left out, none were looked for. */
  readonly nearMisses?: readonly NearMiss[];
}

/**
 * Why a case went as it did: one record a request, all of one Call-ID, in any order; a record without an end is
 * pending. "Unknown" is an answer: where nothing kept proves a cause, `causeId` is undefined and `says` says so.
 */
export function explain(records: readonly TraceRecord[], context: ExplainContext): Explanation {
  const { content, nowMs, serverName = "nexthop" } = context;
  const facts = factsOf(records, nowMs);
  const { record } = facts;
  const state = stateOf(facts);
  const finding = state === "succeeded" ? undefined : findingOf(facts);
  const nearMisses = context.nearMisses ?? [];
  // A 487 that the caller's own CANCEL brought about was nobody's "no".
  const isTheirWish = finding?.causeId === "caller-cancelled";
  const whoSaidNo = state === "failed" && !isTheirWish ? whoSaidNoOf(facts, content) : undefined;
  const branches = branchSummaries(facts, content);
  const values = valuesOf(facts, finding, nearMisses, content);
  const text = finding === undefined ? undefined : content.texts[finding.causeId];
  return {
    language: content.language,
    caseId: record.caseId,
    callId: record.callId,
    state,
    headline: headlineOf(facts),
    heading: headingOf(facts, content),
    causeId: finding?.causeId,
    causeEvidence: finding?.evidence ?? {},
    severity: (finding && content.facts[finding.causeId]?.severity) ?? "info",
    rfc: finding === undefined ? "" : causes[finding.causeId].rfc,
    says:
      text === undefined
        ? withoutCause(state, content)
        : (filled(text.says, values, content) ?? text.title),
    evidence: [
      ...rowsOf(facts, finding, context),
      ...gatewayRows(facts, content),
      ...skippedRows(facts, content),
      ...(whoSaidNo === undefined ? [] : whoSaidNoRows(whoSaidNo, content)),
      ...(state === "succeeded" ? [] : branchRows(branches, content)),
      ...nearMissRows(nearMisses, record, content),
    ].slice(0, ROW_LIMIT),
    nearMisses,
    fixes: [
      ...routeFixes(facts, content),
      ...(text?.fixes.flatMap((fix) => filled(fix, values, content) ?? []) ?? []),
    ],
    notes: state === "succeeded" ? [] : notesOf(facts, content),
    branches,
    next: facts.isPending ? nextStepOf(facts, finding?.branch ?? 0, content) : undefined,
    whoSaidNo,
    ladder: ladderOf(facts, serverName),
    labels: {
      caseId: say(content, "case"),
      fixes: say(content, "to-fix"),
      next: say(content, "label-next"),
      join: content.phrasing.joins.label,
    },
  };
}

function stateOf({ isPending, record, refusal }: CaseFacts): Explanation["state"] {
  if (isPending) return "pending";
  if (refusal !== undefined || record.causeId !== "" || record.statusCode >= 300) return "failed";
  return record.statusCode === 0 && record.method !== "ACK" ? "failed" : "succeeded";
}

/** Our own reason first: whoever decided knows. Then the rules, then what the record says by itself. */
function findingOf(facts: CaseFacts): Finding | undefined {
  const { refusal, record } = facts;
  if (refusal !== undefined && isCauseId(refusal.causeId)) {
    return { causeId: refusal.causeId, evidence: refusal.evidence, branch: 0 };
  }
  for (const rule of rules) {
    const finding = rule.find(facts);
    if (finding !== undefined) return finding;
  }
  return isCauseId(record.causeId)
    ? { causeId: record.causeId, evidence: {}, branch: 0 }
    : undefined;
}

function isCauseId(id: string): id is CauseId {
  return Object.hasOwn(causes, id);
}

function withoutCause(state: Explanation["state"], content: CauseContent): string {
  return say(content, state === "succeeded" ? "nothing-to-explain" : "cause-unknown");
}

/** What the templates of a cause may use: its evidence, and what is known of every request. */
function valuesOf(
  { record, final, refusal }: CaseFacts,
  finding: Finding | undefined,
  nearMisses: readonly NearMiss[],
  { phrasing }: CauseContent,
): Values {
  const evidence: Evidence = finding?.evidence ?? {};
  const statusCode = final?.statusCode ?? refusal?.statusCode ?? record.statusCode;
  const aor = typeof evidence["aor"] === "string" ? evidence["aor"] : record.to;
  const address = addressOf(aor);
  const { username, realm, expected = "" } = evidence;
  return {
    method: record.method,
    requestUri: record.requestUri,
    callId: record.callId,
    caseId: record.caseId,
    peer: record.peer,
    caller: nameOf(record.from),
    callee: nameOf(record.to),
    statusCode,
    address,
    user: address.slice(0, Math.max(0, address.lastIndexOf("@"))),
    domain: address.slice(address.lastIndexOf("@") + 1),
    account: accountOf(username, realm),
    dnsName: evidence["question"] === "dns" ? evidence["subject"] : undefined,
    nearMiss: nearMisses[0] === undefined ? undefined : addressOf(nearMisses[0].aor),
    ...relativeTo(record.startedAtMs, evidence),
    // A case that was kept before these were ids has the English words themselves.
    expected: phrasing.expected[expected] ?? expected,
  };
}

/** `bob@example.org`, whichever of the two ways a phone writes its user name. */
function accountOf(
  username: string | number | undefined,
  realm: string | number | undefined,
): string | undefined {
  if (typeof username !== "string" || typeof realm !== "string") return undefined;
  return username.includes("@") ? username : `${username}@${realm}`;
}

/** Names every template may use beside its cause's evidence; a test holds the pages to it. */
export const standardValues: readonly string[] = [
  "method",
  "requestUri",
  "callId",
  "caseId",
  "peer",
  "caller",
  "callee",
  "statusCode",
  "address",
  "user",
  "domain",
  "account",
  "dnsName",
  "nearMiss",
];

/** Causes that our own look-ups prove; others are proved by their branches or by the message. */
const SEARCH_KINDS = /^(?:user-|bindings-|domain-|relay-|alias-|no-target|sips-)/;
const MESSAGE_KINDS = /malformed|-missing$|-wrong$|-too-large|account-|nonce-|not-yours|version-/;

function rowsOf(
  facts: CaseFacts,
  finding: Finding | undefined,
  { content, directory }: ExplainContext,
): EvidenceRow[] {
  if (finding === undefined) return [];
  const rows: EvidenceRow[] = [];
  if (MESSAGE_KINDS.test(finding.causeId)) {
    const { offset } = finding.evidence;
    rows.push(...messageRows(facts, typeof offset === "number" ? offset : undefined, content));
  }
  const isSearch = SEARCH_KINDS.test(finding.causeId) || facts.branches.length === 0;
  if (isSearch) rows.push(...searchRows(facts, content, directory));
  if (finding.causeId === "next-hop-unresolvable") rows.push(...dnsRows(facts, content));
  return rows;
}

function headlineOf(facts: CaseFacts): Explanation["headline"] {
  const { record, final, refusal, isPending, untilMs } = facts;
  const statusCode = isPending ? 0 : (final?.statusCode ?? record.statusCode);
  const endMs = final?.atMs ?? refusal?.atMs ?? untilMs;
  return {
    method: record.method,
    statusCode,
    reasonPhrase: final?.reasonPhrase || (statusCode === 0 ? "" : reasonPhraseOf(statusCode)),
    toWhom: nameOf(record.from),
    afterMs: between(record.startedAtMs, isPending ? untilMs : endMs),
  };
}

function headingOf(facts: CaseFacts, content: CauseContent): string {
  const { record, isPending } = facts;
  const { method, statusCode, reasonPhrase, toWhom, afterMs } = headlineOf(facts);
  const caller = toWhom === "" ? record.peer : toWhom;
  const callee = nameOf(record.to === "" ? record.requestUri : record.to);
  if (isPending) {
    return say(content, "heading-pending", { method, caller, callee, waitedMs: afterMs });
  }
  if (record.method === "ACK") {
    const agoMs = Math.max(0, facts.untilMs - record.startedAtMs);
    return say(content, "heading-relayed", { method, caller, callee, afterMs: agoMs });
  }
  if (statusCode === 0) {
    // Neither branches nor a wait: the message itself was the trouble.
    const isSilence = facts.branches.length === 0 && facts.refusal !== undefined;
    const id = isSilence ? "heading-silence" : "heading-unanswered";
    return say(content, id, { caller, afterMs, method });
  }
  return say(content, "heading-final", { statusCode, reasonPhrase, caller, afterMs, method });
}
