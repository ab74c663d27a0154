import type { CauseId, EvidenceOf, StatusCodeOf } from "./causes.ts";

/** Evidence as it travels: names and plain values, no prose. */
export type Evidence = Readonly<Record<string, string | number>>;

/**
 * Why a final response of 300 or above is what it is. Only {@link because} makes one, so a refusal without a
 * reason, or with a status its reason does not allow, does not compile.
 */
export interface Cause {
  readonly kind: "cause";
  readonly id: CauseId;
  readonly statusCode: number;
  readonly evidence: Evidence;
}

/** Why nothing was answered at all: it leads to no status. */
export type SilentCause = Pick<Cause, "id" | "evidence">;

/** The cause of a silence, with the evidence that proves it. */
export function silentBecause<Id extends CauseId>(id: Id, evidence: EvidenceOf<Id>): SilentCause {
  return { id, evidence };
}

/** The cause of a response: its id, the status it leads to here, and the evidence that proves it. */
export function because<Id extends CauseId>(
  id: Id,
  statusCode: StatusCodeOf<Id>,
  evidence: EvidenceOf<Id>,
): Cause {
  return { kind: "cause", id, statusCode, evidence };
}
