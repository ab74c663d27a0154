import type { Endpoint } from "../base/endpoint.ts";
import type { BranchId } from "../message/index.ts";
import type { DestinationList } from "../routing/index.ts";
import type { Candidate } from "./best-response.ts";
import type { Target } from "./target-set.ts";

/**
 * "resolving": the resolver was asked; "calling": sent, nothing came; "proceeding": a provisional came;
 * "done": a final came, or nothing more is awaited.
 */
export type ClientBranchState = "resolving" | "calling" | "proceeding" | "done";

/** One leg of a fork: one client transaction of the proxy, and what came of it. */
export class ClientBranch {
  /** Counts from 1; 0 is the caller's side. */
  readonly number: number;
  /** With the Request-URI of the gateway, once it is known which one takes it. */
  target: Target;
  /** What it was given of the request's Max-Breadth (RFC 5393 §5.3.3). */
  readonly breadth: number;
  readonly branchId: BranchId;
  readonly startedAtMs: number;
  state: ClientBranchState = "resolving";
  /** Where it goes. */
  destination: Endpoint | undefined = undefined;
  /** Where else its target may be reached, shared by all branches of that target; undefined: nowhere else. */
  destinations: DestinationList | undefined = undefined;
  /** What its target comes to when no further destination is found: how the one before failed. */
  failedBefore: Candidate | undefined = undefined;
  /** Where it would go by UDP, had its request not been too large (RFC 3261 §18.1.1). */
  switchedFrom: Endpoint | undefined = undefined;
  /** There was no connection for its size: by UDP all the same. */
  isBackOnUdp = false;
  /** 0 while nothing came. */
  lastStatusCode = 0;
  firstProvisionalAtMs = 0;
  timerCAtMs = Infinity;
  /** 64*T1 after our CANCEL (RFC 3261 §9.1). */
  giveUpAtMs = Infinity;
  cancel: "no" | "wanted" | "sent" = "no";
  /** Timer C, and not the caller or another branch, made us cancel it. */
  timerCFired = false;

  constructor(
    number: number,
    target: Target,
    breadth: number,
    branchId: BranchId,
    startedAtMs: number,
  ) {
    this.number = number;
    this.target = target;
    this.breadth = breadth;
    this.branchId = branchId;
    this.startedAtMs = startedAtMs;
  }
}
