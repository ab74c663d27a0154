import type { DiagnosisRule } from "../rule.ts";
import { answerAwaited } from "./answer-awaited.ts";
import { branchNotAnswering } from "./branch-not-answering.ts";
import { branchRinging } from "./branch-ringing.ts";
import { branchSilentAfter100 } from "./branch-silent-after-100.ts";
import { callerCancelled } from "./caller-cancelled.ts";
import { cancelUnanswered } from "./cancel-unanswered.ts";
import { everyBranchRefused } from "./every-branch-refused.ts";
import { nextHopUnreachable } from "./next-hop-unreachable.ts";
import { relayedBusy } from "./relayed-busy.ts";
import { relayedDeclined } from "./relayed-declined.ts";
import { relayedMediaRefused } from "./relayed-media-refused.ts";
import { relayedNotFound } from "./relayed-not-found.ts";
import { relayedRefusal } from "./relayed-refusal.ts";
import { relayedUnavailable } from "./relayed-unavailable.ts";

/**
 * In the order they are asked; the first that finds something is the cause. While pending: what we wait for
 * ourselves, then a phone that rings (nothing is wrong), then what is wrong. Of relayed ends: the whole before the
 * part, the particular before the general.
 */
export const rules: readonly DiagnosisRule[] = [
  answerAwaited,
  branchRinging,
  branchSilentAfter100,
  branchNotAnswering,
  cancelUnanswered,
  callerCancelled,
  everyBranchRefused,
  relayedBusy,
  relayedDeclined,
  relayedNotFound,
  relayedUnavailable,
  relayedMediaRefused,
  relayedRefusal,
  nextHopUnreachable,
];
