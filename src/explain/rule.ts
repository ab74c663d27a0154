import type { CauseId, EvidenceOf } from "../causes/index.ts";
import type { BranchFacts, CaseFacts } from "./case-facts.ts";

/** A cause found in a case, with the evidence that proves it. */
export interface Finding {
  readonly causeId: CauseId;
  readonly evidence: Readonly<Record<string, string | number>>;
  /** The branch that it is about; 0 where it is about none. */
  readonly branch: number;
}

/** Finds one cause in a case, or says that it is not this one. Its words are in `content/causes/<id>/`. */
export interface DiagnosisRule {
  readonly id: CauseId;
  readonly find: (facts: CaseFacts) => Finding | undefined;
}

/** Makes a rule whose evidence has exactly the fields that its cause promises. */
export function defineRule<Id extends CauseId>(
  id: Id,
  find: (
    facts: CaseFacts,
  ) => { readonly evidence: EvidenceOf<Id>; readonly branch?: number } | undefined,
): DiagnosisRule {
  return {
    id,
    find: (facts) => {
      const found = find(facts);
      if (found === undefined) return undefined;
      return {
        causeId: id,
        evidence: found.evidence,
        branch: found.branch ?? 0,
      };
    },
  };
}

/** A final response that a single branch gave and we passed on, when its status is one of these. */
export function relayed(
  { final, branches }: CaseFacts,
  statusCodes: readonly number[] | undefined,
):
  | {
      readonly evidence: { readonly target: string; readonly statusCode: number };
      readonly branch: number;
    }
  | undefined {
  if (final?.origin !== "relayed" || final.statusCode < 300) return undefined;
  if (statusCodes !== undefined && !statusCodes.includes(final.statusCode)) return undefined;
  const branch = branches.find(({ number }) => number === final.branch);
  if (branch === undefined) return undefined;
  const { statusCode } = final;
  return { evidence: { target: hopOf(branch), statusCode }, branch: branch.number };
}

/** Where a branch leads, as people look for it: the address bytes go to, or the URI while that is not known. */
export function hopOf(branch: BranchFacts): string {
  return branch.destination === "" ? branch.target : branch.destination;
}

/** The branches that may still answer. */
export function openBranches({ branches }: CaseFacts): readonly BranchFacts[] {
  return branches.filter((branch) => branch.endedAtMs === undefined);
}
