import { Header, type SipRequest } from "../message/index.ts";

/** RFC 5393 §5.3.3: assumed where a request has none, and the most that is taken at its word. */
export const MAX_BREADTH_LIMIT = 60;

/** The Max-Breadth that a request comes with, as we take it (RFC 5393 §5.3.3). */
export function incomingBreadthOf(request: SipRequest): number {
  const breadth = request.integer(Header.MaxBreadth);
  return typeof breadth === "number" && breadth < MAX_BREADTH_LIMIT ? breadth : MAX_BREADTH_LIMIT;
}

/** What the next of so many branches gets: its equal share of what is free, and never less than one. */
export function breadthShare(free: number, branches: number): number {
  return Math.max(1, Math.floor(free / branches));
}
