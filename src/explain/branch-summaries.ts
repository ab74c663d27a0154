import type { CauseContent } from "../codes/index.ts";
import type { BranchFacts, CaseFacts } from "./case-facts.ts";
import type { BranchSummary, EvidenceRow } from "./types.ts";
import { say } from "./words.ts";

/** How each branch went, in words. */
export function branchSummaries(facts: CaseFacts, content: CauseContent): BranchSummary[] {
  const best = bestSoFar(facts);
  return facts.branches.map((branch) => {
    const parts = partsOf(branch, content);
    if (facts.isPending && branch === best) parts.push(say(content, "branch-kept"));
    return {
      branch: branch.number,
      target: branch.target,
      destination: branch.destination,
      statusCode: branch.statusCode,
      isPending: branch.endedAtMs === undefined,
      says: parts.join(content.phrasing.joins.notes),
    };
  });
}

function partsOf(branch: BranchFacts, content: CauseContent): string[] {
  const after = (atMs: number): number => atMs - branch.startedAtMs;
  const parts: string[] = [];
  if (branch.awaitedName !== "") {
    parts.push(say(content, "branch-resolving", { name: branch.awaitedName }));
  }
  if (branch.gateway !== "") {
    parts.push(say(content, "branch-gateway", { gateway: branch.gateway }));
  }
  if (branch.insteadOf > 0) {
    parts.push(say(content, "branch-instead", { branch: branch.insteadOf }));
  }
  if (branch.switchedTo?.transport === "tcp") {
    const { sizeBytes } = branch.switchedTo;
    parts.push(say(content, "branch-by-tcp", { sizeBytes }));
  } else if (branch.switchedTo !== undefined) parts.push(say(content, "branch-by-udp"));
  if (branch.sentCount > 1) parts.push(say(content, "branch-sent", { count: branch.sentCount }));
  for (const { statusCode, atMs } of firstOfEach(branch.provisionals)) {
    parts.push(say(content, "branch-provisional", { statusCode, afterMs: after(atMs) }));
  }
  if (branch.cancelledAtMs !== undefined) {
    parts.push(say(content, "branch-cancelled", { afterMs: after(branch.cancelledAtMs) }));
  }
  const { statusCode, endedAtMs, failedCauseId } = branch;
  if (endedAtMs !== undefined) {
    const afterMs = after(endedAtMs);
    if (statusCode > 0) {
      const id = statusCode < 300 ? "branch-answered" : "branch-ended";
      parts.push(say(content, id, { statusCode, afterMs }));
    }
    if (failedCauseId !== "") {
      parts.push(say(content, "branch-failed", { cause: failedCauseId, afterMs }));
    }
    if (branch.avoidedForMs > 0) {
      parts.push(say(content, "branch-avoided", { forMs: branch.avoidedForMs }));
    }
  } else if (branch.provisionals.length === 0 && branch.awaitedName === "") {
    parts.push(say(content, "branch-nothing"));
  }
  return parts;
}

/** A phone that rings says 180 every few seconds: the first time is the one that tells. */
function firstOfEach(provisionals: BranchFacts["provisionals"]): BranchFacts["provisionals"] {
  return provisionals.filter(
    ({ statusCode }, index) =>
      provisionals.findIndex((other) => other.statusCode === statusCode) === index,
  );
}

/** The rows of the branches: one for each. */
export function branchRows(
  branches: readonly BranchSummary[],
  content: CauseContent,
): EvidenceRow[] {
  return branches.map(({ branch, target, destination, says }) => ({
    label: say(content, "label-branch", { branch }),
    value: destination === "" ? target : destination,
    note: says,
  }));
}

/** The answer that would go to the caller if no better came: a 6xx, else the lowest class, the first of it. */
export function bestSoFar({ branches }: CaseFacts): BranchFacts | undefined {
  return branches
    .filter((branch) => branch.statusCode >= 300 && branch.failedCauseId === "")
    .toSorted((a, b) => rankOf(a) - rankOf(b))[0];
}

function rankOf({ statusCode }: BranchFacts): number {
  return statusCode >= 600 ? 0 : Math.floor(statusCode / 100);
}
