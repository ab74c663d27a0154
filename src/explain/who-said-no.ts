import type { CauseContent } from "../codes/index.ts";
import type { CaseFacts } from "./case-facts.ts";
import { between } from "./format.ts";
import { hopOf } from "./rule.ts";
import type { EvidenceRow, WhoSaidNo } from "./types.ts";
import { say } from "./words.ts";

/** Whose decision the final response was: ours, or which hop's, after how long, and what we changed on the way. */
export function whoSaidNoOf(facts: CaseFacts, content: CauseContent): WhoSaidNo | undefined {
  const { final, events, branches, record } = facts;
  if (final === undefined) return undefined;
  const changes: string[] = [];
  let decided = final.branch;
  for (const event of events) {
    if (event.kind === "best-chosen") {
      if (event.candidates > 1) {
        const { statusCode, branch, candidates: count } = event;
        changes.push(say(content, "changed-chosen", { statusCode, branch, count }));
      }
      if (decided === 0) decided = event.branch;
    } else if (event.kind === "response-rewritten") {
      const { fromStatusCode: from, toStatusCode: to } = event;
      changes.push(say(content, "changed-status", { from, to }));
    }
  }
  const branch = branches.find(({ number }) => number === decided);
  const isTheirs = branch !== undefined && branch.statusCode >= 300 && branch.failedCauseId === "";
  const isRewritten = events.some(({ kind }) => kind === "response-rewritten");
  if (isTheirs && (final.origin === "relayed" || isRewritten)) {
    return {
      origin: "relayed",
      hop: hopOf(branch),
      statusCode: branch.statusCode,
      afterMs: between(branch.startedAtMs, branch.endedAtMs ?? final.atMs),
      changes,
    };
  }
  const afterMs = between(record.startedAtMs, final.atMs);
  return { origin: final.origin, hop: "", statusCode: final.statusCode, afterMs, changes };
}

/** Rows for what somebody else decided; a decision of ours is told by its cause. */
export function whoSaidNoRows(
  { origin, hop, statusCode, afterMs, changes }: WhoSaidNo,
  content: CauseContent,
): EvidenceRow[] {
  const rows: EvidenceRow[] = [];
  if (origin === "relayed" && hop !== "") {
    const note = say(content, "said-after", { statusCode, afterMs });
    rows.push({ label: say(content, "label-said-by"), value: hop, note });
  }
  for (const change of changes) {
    rows.push({ label: say(content, "label-changed"), value: change, note: "" });
  }
  return rows;
}
