import type { CauseContent } from "../codes/index.ts";
import { bestSoFar } from "./branch-summaries.ts";
import type { CaseFacts } from "./case-facts.ts";
import { nameOf } from "./format.ts";
import type { NextStep } from "./types.ts";
import { say, type WordId } from "./words.ts";

const RETRANSMIT = ["timerA", "timerE"];
const GIVE_UP = ["timerB", "timerF"];
const TIMED_OUT = 408;

/** Which timer fires next, what it does, and what the caller then gets. */
export function nextStepOf(
  facts: CaseFacts,
  preferredBranch: number,
  content: CauseContent,
): NextStep | undefined {
  const timers = facts.record.timers.filter(({ branch }) => branch > 0);
  const ofCause = timers.filter(({ branch }) => branch === preferredBranch);
  // What ends the wait says more than the next retransmission, unless nothing else runs.
  const candidates = (ofCause.length > 0 ? ofCause : timers).toSorted(
    (a, b) => a.dueAtMs - b.dueAtMs,
  );
  const [timer] = candidates;
  if (timer === undefined) return undefined;
  const statusCode = finalStatusCode(facts);
  const inMs = Math.max(0, timer.dueAtMs - facts.untilMs);
  const startedAtMs = timerStart(facts, timer.branch);
  const id = wordOf(timer.timer);
  const says = say(content, id, {
    timer: timer.timer.replace(/^timer(?=[A-Z]$)/, "Timer "),
    branch: timer.branch,
    lengthMs: timer.dueAtMs - startedAtMs,
    inMs,
    statusCode,
    caller: nameOf(facts.record.from),
  });
  const endsWait = id !== "next-retransmit" && id !== "next-timer";
  return {
    timer: timer.timer,
    branch: timer.branch,
    inMs,
    statusCode: endsWait ? statusCode : 0,
    says: isAlone(facts)
      ? says
      : [says, say(content, "next-other-branch")].join(content.phrasing.joins.sentences),
  };
}

function wordOf(timer: string): WordId {
  if (timer === "timerC") return "next-timer-c";
  if (timer === "64*T1") return "next-cancel-wait";
  if (RETRANSMIT.includes(timer)) return "next-retransmit";
  return GIVE_UP.includes(timer) ? "next-give-up" : "next-timer";
}

/** When Timer C was last set: by the request, and again by each provisional above 100 (RFC 3261 §16.7 step 2). */
function timerStart({ branches }: CaseFacts, number: number): number {
  const branch = branches.find((one) => one.number === number);
  const ringing = branch?.provisionals.findLast(({ statusCode }) => statusCode > 100);
  return ringing?.atMs ?? branch?.startedAtMs ?? 0;
}

function isAlone({ branches }: CaseFacts): boolean {
  return branches.filter(({ endedAtMs }) => endedAtMs === undefined).length < 2;
}

/** What the caller gets if the branches that are open now give nothing better (RFC 3261 §16.7 step 6). */
function finalStatusCode(facts: CaseFacts): number {
  if (facts.cancelledAtMs !== undefined) return 487;
  const best = bestSoFar(facts)?.statusCode ?? TIMED_OUT;
  return best >= 500 && best < 600 ? TIMED_OUT : best;
}
