import type { RegisteredFacts } from "../types.ts";
import type { Speech } from "./fill.ts";
import { commonMethods } from "./relation.ts";

/** Methods that a proxy forks; REGISTER and PUBLISH go to one place. */
const FORKED: readonly string[] = ["any", "INVITE", "OPTIONS", "MESSAGE", "SUBSCRIBE", "REFER"];

/** Answers that no branch of a fork brings: they need a dialog, or one hop deals with them. */
const NOT_FROM_A_BRANCH: readonly number[] = [202, 204, 412, 430, 481, 491, 494];

/** Whether two branches of one fork can end with these two. */
export function canMeetInAFork(a: RegisteredFacts, b: RegisteredFacts): boolean {
  if (!a.final || !b.final) return false;
  if (NOT_FROM_A_BRANCH.includes(a.code) || NOT_FROM_A_BRANCH.includes(b.code)) return false;
  return commonMethods(a, b).some((method) => FORKED.includes(method));
}

/** Which of the two a proxy passes on, as a sentence key and its values (RFC 3261 §16.7 steps 5 to 7). */
export function forkOutcome(
  a: RegisteredFacts,
  b: RegisteredFacts,
): { readonly key: string; readonly winner: number | undefined; readonly loser: number } {
  const outcome = (
    key: string,
    winner?: RegisteredFacts,
  ): { readonly key: string; readonly winner: number | undefined; readonly loser: number } => ({
    key,
    winner: winner?.code,
    loser: winner === b ? a.code : b.code,
  });
  if (a.class === "success")
    return b.class === "success" ? outcome("bothSuccess") : outcome("success", a);
  if (b.class === "globalFailure") {
    return a.class === "globalFailure" ? outcome("bothEndAll") : outcome("endsAll", b);
  }
  if (a.class === "redirection") {
    return b.class === "redirection" ? outcome("bothRedirect") : outcome("redirect", a);
  }
  if (a.class !== b.class) return outcome("lowerClass", a);
  if (a.code === 503 || b.code === 503) return outcome("freeOf503", a.code === 503 ? b : a);
  if (a.forking === "collected" && b.forking === "collected") return outcome("collected");
  const [prefersA, prefersB] = [isPreferred(a), isPreferred(b)];
  if (prefersA && prefersB) return outcome("bothPreferred");
  if (prefersA || prefersB) return outcome("prefers", prefersA ? a : b);
  return outcome("free");
}

/** One sentence on what becomes of the two in a fork; undefined where they cannot meet in one. */
export function forkSentence(
  a: RegisteredFacts,
  b: RegisteredFacts,
  { say }: Speech,
): string | undefined {
  if (!canMeetInAFork(a, b)) return undefined;
  const { key, winner, loser } = forkOutcome(a, b);
  const chosen = winner ?? a.code;
  return say("forks", key, {
    a: a.code,
    b: b.code,
    winner: chosen,
    loser,
    other: a.code === 503 ? b.code : a.code,
  });
}

function isPreferred({ forking }: RegisteredFacts): boolean {
  return forking === "preferredCandidate" || forking === "collected";
}
