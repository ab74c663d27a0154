import type { CauseContent } from "../codes/index.ts";
import type { CaseFacts } from "./case-facts.ts";
import { say, type WordId } from "./words.ts";

/** What else a reader should know: what 100 Trying meant here, and what is not kept. */
export function notesOf(facts: CaseFacts, content: CauseContent): string[] {
  const notes: string[] = [];
  const { record, tryingAtMs, refusal, final } = facts;
  if (tryingAtMs !== undefined && record.method === "INVITE") {
    const statusCode = final?.statusCode ?? refusal?.statusCode ?? record.statusCode;
    const afterMs = tryingAtMs - record.startedAtMs;
    notes.push(say(content, tryingWord(facts), { afterMs, statusCode }));
  }
  if (refusal?.causeId === "user-unknown" && refusal.statusCode === 480) {
    notes.push(say(content, "hidden-from-caller"));
  }
  if (record.droppedCount > 0) {
    notes.push(say(content, "events-dropped", { count: record.droppedCount }));
  }
  return notes;
}

function tryingWord({ isPending, final, branches, cancelledAtMs }: CaseFacts): WordId {
  if (isPending) return "trying-pending";
  if (cancelledAtMs !== undefined && final?.statusCode === 487) return "trying-cancelled";
  if (final?.origin === "relayed") return "trying-relayed";
  return branches.length === 0 ? "trying-own" : "trying-failed";
}
