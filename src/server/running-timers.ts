import type { RunningTimer } from "../trace/index.ts";
import type { RunningParts, RunningRequest } from "./running-request.ts";

/** What fires next for a request that is pending, soonest first: the proxy's own timers and its transactions'. */
export function runningTimers(running: RunningRequest, parts: RunningParts): RunningTimer[] {
  const timers: RunningTimer[] = [];
  for (const branch of parts.core.branches) {
    if (branch.state === "done") continue;
    const { number } = branch;
    if (branch.timerCAtMs !== Infinity) {
      timers.push({ timer: "timerC", branch: number, dueAtMs: branch.timerCAtMs });
    }
    if (branch.giveUpAtMs !== Infinity) {
      timers.push({ timer: "64*T1", branch: number, dueAtMs: branch.giveUpAtMs });
    }
    const machine = running.clients[number]?.machine;
    if (machine?.runningTimer !== undefined) {
      timers.push({ timer: machine.runningTimer, branch: number, dueAtMs: machine.deadlineMs });
    }
  }
  return timers.toSorted((one, other) => one.dueAtMs - other.dueAtMs);
}
