import type { Endpoint } from "../base/endpoint.ts";
import type { Cause } from "../causes/index.ts";
import type { Trace } from "../trace/index.ts";
import type { ClientBranch } from "./client-branch.ts";
import type { ProxyOutput } from "./output.ts";

// What happens to one branch, each step with its trace and its output; when to take it is the response context's.

/** How long a cancelled branch may take to end (RFC 3261 §9.1: 64*T1). */
export const CANCEL_WAIT_MS = 32_000;

/** The earliest of every Timer C and every wait after a CANCEL; `Infinity` when none runs. */
export function earliestDeadlineOf(branches: readonly ClientBranch[]): number {
  let deadline = Infinity;
  for (let at = 0; at < branches.length; at += 1) {
    const branch = branches[at] as ClientBranch;
    if (branch.timerCAtMs < deadline) deadline = branch.timerCAtMs;
    if (branch.giveUpAtMs < deadline) deadline = branch.giveUpAtMs;
  }
  return deadline;
}

/** `timerCAtMs`: `Infinity` for anything but an INVITE (RFC 3261 §16.6 step 11). */
export function callBranch(
  branch: ClientBranch,
  destination: Endpoint,
  timerCAtMs: number,
  out: ProxyOutput[],
): void {
  branch.state = "calling";
  branch.destination = destination;
  branch.timerCAtMs = timerCAtMs;
  out.push({ kind: "start", branch });
}

/** A final response came. */
export function endBranch(
  branch: ClientBranch,
  statusCode: number,
  trace: Trace,
  nowMs: number,
): void {
  settle(branch);
  branch.lastStatusCode = statusCode;
  trace.add("branch-ended", nowMs, branch.number, statusCode);
}

/** It gave no final of its own; what it counts as is the caller's to say. */
export function closeBranch(branch: ClientBranch, cause: Cause, trace: Trace, nowMs: number): void {
  settle(branch);
  const detail = cause.evidence["detail"];
  const shown = typeof detail === "string" ? detail : "";
  trace.add("branch-failed", nowMs, branch.number, cause.id, shown);
}

/**
 * Every branch that is pending when a final response went upstream (RFC 3261 §16.7 step 10). Of an INVITE alone, and
 * never before a provisional came (RFC 3261 §9.1): until then it is wanted.
 */
export function cancelBranch(
  branch: ClientBranch,
  why: string,
  trace: Trace,
  nowMs: number,
  out: ProxyOutput[],
): void {
  if (branch.cancel !== "no") return;
  trace.add("branch-cancelled", nowMs, branch.number, why);
  branch.cancel = "wanted";
  if (branch.state === "proceeding") sendCancel(branch, nowMs, out);
}

export function sendCancel(branch: ClientBranch, nowMs: number, out: ProxyOutput[]): void {
  branch.cancel = "sent";
  branch.timerCAtMs = Infinity;
  branch.giveUpAtMs = nowMs + CANCEL_WAIT_MS;
  out.push({ kind: "cancel", branch });
}

function settle(branch: ClientBranch): void {
  branch.state = "done";
  branch.timerCAtMs = Infinity;
  branch.giveUpAtMs = Infinity;
}
