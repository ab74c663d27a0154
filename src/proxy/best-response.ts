import type { Cause } from "../causes/index.ts";
import type { SipResponse } from "../message/index.ts";

/** A final response that may go upstream: one that came, or one that stands for a branch that gave none. */
export type Candidate =
  | { readonly kind: "received"; readonly branch: number; readonly response: SipResponse }
  | { readonly kind: "made"; readonly branch: number; readonly cause: Cause };

/** What else decides between two finals. */
export interface Weighing {
  readonly isInvite: boolean;
  /** By the caller, not by us. */
  readonly wasCancelled: boolean;
}

export function statusOf(candidate: Candidate): number {
  return candidate.kind === "received" ? candidate.response.statusCode : candidate.cause.statusCode;
}

/**
 * Which of two finals is better (RFC 3261 §16.7 step 6): a 6xx before all; else the lower class; within 4xx those
 * that help to send the request again; what a device said before what we made up for a silent one; 487 only when
 * there is nothing else, or when the caller did cancel. Among equals the first that came stays. To anything but an
 * INVITE a 408 comes last of all, since it may not be sent (RFC 4320 §4.2).
 */
export function isBetter(challenger: Candidate, holder: Candidate, weighing: Weighing): boolean {
  const challengerClass = classRank(statusOf(challenger), weighing);
  const holderClass = classRank(statusOf(holder), weighing);
  if (challengerClass !== holderClass) return challengerClass < holderClass;
  return rankWithin(challenger, weighing) < rankWithin(holder, weighing);
}

const UNSENDABLE = 9;

function classRank(statusCode: number, { isInvite }: Weighing): number {
  if (statusCode === 408 && !isInvite) return UNSENDABLE;
  const statusClass = Math.floor(statusCode / 100);
  return statusClass === 6 ? 0 : statusClass;
}

/** "Information affecting resubmission": RFC 3261 §16.7 step 6 names these five. */
const HELPS_TO_RESUBMIT: readonly number[] = [401, 407, 415, 420, 484];

function rankWithin(candidate: Candidate, { wasCancelled }: Weighing): number {
  const statusCode = statusOf(candidate);
  if (statusCode === 487) return wasCancelled ? 0 : 8;
  if (candidate.kind === "made") return 7;
  if (HELPS_TO_RESUBMIT.includes(statusCode)) return 1;
  // A 503 that may not go upstream is worth less than any other 5xx (RFC 3261 §16.7 step 6).
  if (statusCode === 503 || statusCode === 408) return 6;
  if (statusCode === 404 || statusCode === 480 || statusCode === 481) return 4;
  return 3;
}
