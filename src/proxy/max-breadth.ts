import { Header, type SipRequest } from "../message/index.ts";
import type { ClientBranch } from "./client-branch.ts";

/** RFC 5393 §5.3.3: assumed where a request has none, and the most that is taken at its word. */
export const MAX_BREADTH_LIMIT = 60;

/** The Max-Breadth that a request comes with, as we take it (RFC 5393 §5.3.3). */
export function incomingBreadthOf(request: SipRequest): number {
  const breadth = request.integer(Header.MaxBreadth);
  return typeof breadth === "number" && breadth < MAX_BREADTH_LIMIT ? breadth : MAX_BREADTH_LIMIT;
}

/**
 * What the next of so many branches gets: its equal share of what is free, and never less than one. Who finds none
 * waits for a branch to end (RFC 5393 §5.3.3.1: serial forking instead of 440).
 */
export function breadthShare(free: number, branches: number): number {
  return Math.max(1, Math.floor(free / branches));
}

/** What the branches that have not ended hold of the request's Max-Breadth (RFC 5393 §5.5). */
export function pendingBreadthOf(branches: readonly ClientBranch[]): number {
  let sum = 0;
  for (let at = 0; at < branches.length; at += 1) {
    const branch = branches[at] as ClientBranch;
    if (branch.state !== "done") sum += branch.breadth;
  }
  return sum;
}
