import type { Endpoint } from "../base/endpoint.ts";
import { because, type Cause } from "../causes/index.ts";
import type { Held } from "../location/index.ts";
import type { SipResponse } from "../message/index.ts";
import { nextHopOf } from "../routing/index.ts";
import type { Trace } from "../trace/index.ts";
import type { Candidate } from "./best-response.ts";
import { loopHashOf, makeBranchId } from "./branch-id.ts";
import { failedBranchCause, silentBranchCause, unresolvedCause } from "./branch-causes.ts";
import { ClientBranch } from "./client-branch.ts";
import { FinalChoice, isTooLate } from "./final-choice.ts";
import { LookAgain } from "./look-again.ts";
import { breadthShare } from "./max-breadth.ts";
import type { ProxyOptions } from "./options.ts";
import type { ProxyOutput } from "./output.ts";
import { relay, relayedEdit } from "./relay.ts";
import type { ResponseContextSetup } from "./response-context-setup.ts";
import { nextHopUriOf, type Target, type TargetSet } from "./target-set.ts";
import { routesTextOf } from "./validation.ts";

/** How long a cancelled branch may take to end (RFC 3261 §9.1: 64*T1). */
export const CANCEL_WAIT_MS = 32_000;

/**
 * Theory: RFC 3261 §16.6 and §16.7 as one machine. Branches are started group by group (equal q together), at most
 * Max-Breadth at a time. Provisionals and 2xx go upstream as they come; other finals become candidates, and when no
 * branch is pending and no target is left, the best of them goes upstream. A branch that gives no final of its own
 * leaves a made-up candidate that carries its cause, so there is always a reason to give.
 *
 * Holds no socket, timer or clock: whoever drives it performs its outputs and calls `advance` by `deadlineMs`.
 */
export class ResponseContext {
  readonly branches: ClientBranch[] = [];
  hasEnded = false;
  readonly #setup: ResponseContextSetup;
  readonly #targets: TargetSet;
  readonly #options: ProxyOptions;
  readonly #trace: Trace;
  readonly #isInvite: boolean;
  readonly #loopHash: string;
  /** Made when the first final comes that does not go upstream at once. */
  #finals: FinalChoice | undefined = undefined;
  #groupQMilli = 0;
  #finalSent = false;
  #noMoreBranches = false;
  readonly #lookAgain: LookAgain;
  /** When the caller cancelled; undefined when not. */
  #cancelledAtMs: number | undefined = undefined;
  readonly #startedAtMs: number;

  constructor(setup: ResponseContextSetup, options: ProxyOptions, trace: Trace, nowMs: number) {
    this.#setup = setup;
    this.#targets = setup.targets;
    this.#options = options;
    this.#trace = trace;
    this.#isInvite = setup.request.method === "INVITE";
    this.#loopHash = loopHashOf(setup.request, routesTextOf(setup.request));
    this.#startedAtMs = nowMs;
    this.#lookAgain = new LookAgain(setup.targets, trace, nowMs);
  }

  /** The earliest of every Timer C and every wait after a CANCEL; `Infinity` when none runs. */
  get deadlineMs(): number {
    let deadline = Infinity;
    for (let at = 0; at < this.branches.length; at += 1) {
      const branch = this.branches[at] as ClientBranch;
      if (branch.timerCAtMs < deadline) deadline = branch.timerCAtMs;
      if (branch.giveUpAtMs < deadline) deadline = branch.giveUpAtMs;
    }
    return deadline;
  }

  get wasCancelled(): boolean {
    return this.#cancelledAtMs !== undefined;
  }

  start(nowMs: number, out: ProxyOutput[]): void {
    this.#proceed(nowMs, out);
  }

  /** The resolver's answer: places in the order to try them, or why there are none. */
  resolved(
    branch: ClientBranch,
    answer: readonly Endpoint[] | Cause,
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    if (branch.state !== "resolving") return;
    const first = "kind" in answer ? undefined : answer[0];
    if (first !== undefined) {
      branch.alternatives = (answer as readonly Endpoint[]).slice(1);
      this.#call(branch, first, nowMs, out);
    } else this.#fail(branch, "kind" in answer ? answer : unresolvedCause(branch), nowMs);
    this.#proceed(nowMs, out);
  }

  /** The answer to a `lookup` of ours: what is not bound any more is not tried (RFC 3261 §16.5). */
  lookedAgain(held: Held, nowMs: number, out: ProxyOutput[]): void {
    this.#lookAgain.answered(held, nowMs);
    this.#proceed(nowMs, out);
  }

  /** The store could not say what is still bound: the targets that are left are not tried. */
  lookAgainFailed(nowMs: number, out: ProxyOutput[]): void {
    this.#stopBranching("location-unreachable", nowMs);
    this.#proceed(nowMs, out);
  }

  /** A response that the branch's client transaction passed up, its topmost Via ours. */
  receive(branch: ClientBranch, response: SipResponse, nowMs: number, out: ProxyOutput[]): void {
    const statusCode = response.statusCode;
    if (statusCode < 200) this.#provisional(branch, response, nowMs, out);
    else if (statusCode < 300) this.#success(branch, response, nowMs, out);
    else if (branch.state !== "done") this.#final(branch, response, nowMs, out);
  }

  /** The client transaction ended without a response (RFC 3261 §16.9 and §8.1.3.1). */
  branchFailed(
    branch: ClientBranch,
    causeId: "branch-timed-out" | "next-hop-unreachable",
    detail: string,
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    if (branch.state === "done") return;
    const cause = failedBranchCause(branch, causeId, detail, nowMs);
    const next = branch.alternatives[0];
    if (next !== undefined && this.#mayBranch()) {
      // The set of destinations is tried to its end, each in a new client transaction; only then has the target
      // failed (RFC 3261 §16.6 step 7).
      this.#close(branch, cause, nowMs);
      const again = this.#open(branch.target, branch.breadth, nowMs);
      again.alternatives = branch.alternatives.slice(1);
      this.#call(again, next, nowMs, out);
    } else this.#fail(branch, cause, nowMs);
    this.#proceed(nowMs, out);
  }

  /** The caller's CANCEL (RFC 3261 §16.10). The server transaction has been found and answers 200 to it. */
  cancel(nowMs: number, out: ProxyOutput[]): void {
    if (this.#finalSent || this.#cancelledAtMs !== undefined) return;
    this.#cancelledAtMs = nowMs;
    this.#stopBranching("caller-cancelled", nowMs);
    this.#cancelPending("caller-cancelled", nowMs, out);
    this.#proceed(nowMs, out);
  }

  /** The server ends: what rings is cancelled. @returns whether the caller still waits for a final response */
  stop(nowMs: number, out: ProxyOutput[]): boolean {
    this.#stopBranching("shutting-down", nowMs);
    this.#cancelPending("shutting-down", nowMs, out);
    return !this.#finalSent;
  }

  /** Fires what is due. */
  advance(nowMs: number, out: ProxyOutput[]): void {
    for (const branch of this.branches) {
      if (branch.timerCAtMs <= nowMs) this.#timerC(branch, branch.timerCAtMs, out);
      if (branch.giveUpAtMs <= nowMs) this.#giveUp(branch, branch.giveUpAtMs, out);
    }
    this.#proceed(nowMs, out);
  }

  #provisional(
    branch: ClientBranch,
    response: SipResponse,
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    if (branch.state === "done") return;
    const statusCode = response.statusCode;
    if (branch.lastStatusCode === 0) branch.firstProvisionalAtMs = nowMs;
    branch.state = "proceeding";
    branch.lastStatusCode = statusCode;
    if (branch.cancel === "wanted") this.#sendCancel(branch, nowMs, out);
    if (statusCode === 100) return;
    if (!this.#isInvite) {
      this.#drop(branch, statusCode, "RFC 4320 §4.1", nowMs);
      return;
    }
    // RFC 3261 §16.7 step 2. A branch that we cancelled gets no more time by ringing on.
    if (branch.cancel === "no") branch.timerCAtMs = nowMs + this.#options.timerCMs;
    if (this.#finalSent) return;
    this.#relay(branch, response, nowMs, out);
  }

  #success(branch: ClientBranch, response: SipResponse, nowMs: number, out: ProxyOutput[]): void {
    if (branch.state !== "done") this.#done(branch, response.statusCode, nowMs);
    // Every 2xx to an INVITE goes upstream; of other methods only the first final does (RFC 3261 §16.7 step 5).
    if (isTooLate(this.#setup.request, this.#trace, nowMs)) {
      this.#consider({ kind: "received", branch: branch.number, response });
    } else if (!this.#finalSent || this.#isInvite) this.#relay(branch, response, nowMs, out);
    else this.#drop(branch, response.statusCode, "RFC 3261 §16.7 step 5", nowMs);
    this.#stopBranching("answered-elsewhere", nowMs);
    this.#cancelPending("answered-elsewhere", nowMs, out);
    this.#proceed(nowMs, out);
  }

  #final(branch: ClientBranch, response: SipResponse, nowMs: number, out: ProxyOutput[]): void {
    const statusCode = response.statusCode;
    if (branch.timerCFired && statusCode === 487) {
      // Deviation: RFC 3261 §16.7 step 6 would pass on the 487 that our own CANCEL brought about. The caller did not
      // cancel and would be misled; the candidate is the 408 of §16.8 with its cause instead.
      this.#fail(branch, silentBranchCause(branch, nowMs), nowMs);
    } else {
      this.#done(branch, statusCode, nowMs);
      this.#consider({ kind: "received", branch: branch.number, response });
    }
    if (statusCode >= 600) {
      this.#stopBranching("declined-everywhere", nowMs);
      this.#cancelPending("declined-everywhere", nowMs, out);
    }
    this.#proceed(nowMs, out);
  }

  /** RFC 3261 §16.8. */
  #timerC(branch: ClientBranch, dueMs: number, out: ProxyOutput[]): void {
    branch.timerCFired = true;
    branch.timerCAtMs = Infinity;
    this.#trace.add("timer-fired", dueMs, "timerC", branch.number, "RFC 3261 §16.8");
    if (branch.state === "proceeding") this.#cancelBranch(branch, "timerC", dueMs, out);
    else if (branch.state === "calling") {
      out.push({ kind: "abandon", branch });
      this.#fail(branch, silentBranchCause(branch, dueMs), dueMs);
    }
  }

  /** RFC 3261 §9.1: no final within 64*T1 of our CANCEL, so there will be none. */
  #giveUp(branch: ClientBranch, dueMs: number, out: ProxyOutput[]): void {
    branch.giveUpAtMs = Infinity;
    if (branch.state === "done") return;
    this.#trace.add("timer-fired", dueMs, "64*T1", branch.number, "RFC 3261 §9.1");
    out.push({ kind: "abandon", branch });
    const target = branch.target.uri.text;
    const cause =
      this.#cancelledAtMs === undefined
        ? silentBranchCause(branch, dueMs)
        : because("cancel-unanswered", 487, { target, waitedMs: CANCEL_WAIT_MS });
    this.#fail(branch, cause, dueMs);
  }

  #cancelPending(why: string, nowMs: number, out: ProxyOutput[]): void {
    for (const branch of this.branches) {
      if (branch.state === "resolving") this.#forget(branch, why, nowMs);
      else if (branch.state !== "done") this.#cancelBranch(branch, why, nowMs, out);
    }
  }

  /** Nothing was sent there yet, so there is nothing to cancel. */
  #forget(branch: ClientBranch, why: string, nowMs: number): void {
    this.#trace.add("branch-cancelled", nowMs, branch.number, why);
    branch.state = "done";
    if (this.#cancelledAtMs === undefined) return;
    const cause = this.#cancelledCause(nowMs);
    this.#consider({ kind: "made", branch: branch.number, cause });
  }

  #cancelBranch(branch: ClientBranch, why: string, nowMs: number, out: ProxyOutput[]): void {
    if (branch.cancel !== "no") return;
    // RFC 3261 §9.1: for INVITE alone, and never before a provisional came.
    if (!this.#isInvite) return;
    this.#trace.add("branch-cancelled", nowMs, branch.number, why);
    branch.cancel = "wanted";
    if (branch.state === "proceeding") this.#sendCancel(branch, nowMs, out);
  }

  #sendCancel(branch: ClientBranch, nowMs: number, out: ProxyOutput[]): void {
    branch.cancel = "sent";
    branch.timerCAtMs = Infinity;
    branch.giveUpAtMs = nowMs + CANCEL_WAIT_MS;
    out.push({ kind: "cancel", branch });
  }

  /** Starts what may be started now; ends the context when there is nothing left to wait for. */
  #proceed(nowMs: number, out: ProxyOutput[]): void {
    if (this.hasEnded) return;
    if (isTooLate(this.#setup.request, this.#trace, nowMs))
      this.#stopBranching("response-too-late", nowMs);
    if (this.#lookAgain.isAwaited && !this.#noMoreBranches) return;
    let pending = this.#pendingBreadth();
    while (this.#mayBranch()) {
      if (pending === 0) this.#groupQMilli = this.#targets.nextQMilli ?? 0;
      const free = this.#setup.incomingBreadth - pending;
      if (free < 1) break;
      // Counted before one is taken: it shares with those behind it.
      const waiting = this.#targets.waitingOf(this.#groupQMilli);
      if (waiting > 0 && this.#lookAgain.asks(nowMs, out)) return;
      const target = this.#targets.takeOf(this.#groupQMilli);
      if (target === undefined) break;
      this.#startBranch(target, breadthShare(free, waiting), nowMs, out);
      pending = this.#pendingBreadth();
    }
    if (pending > 0) return;
    if (!this.#finalSent) {
      this.#finalSent = true;
      this.#finals?.conclude(this.branches, nowMs, out);
    }
    this.hasEnded = true;
    out.push({ kind: "ended" });
  }

  #mayBranch(): boolean {
    return !this.#noMoreBranches && this.branches.length < this.#options.branchesPerRequest;
  }

  #pendingBreadth(): number {
    let sum = 0;
    for (let at = 0; at < this.branches.length; at += 1) {
      const branch = this.branches[at] as ClientBranch;
      if (branch.state !== "done") sum += branch.breadth;
    }
    return sum;
  }

  #open(target: Target, breadth: number, nowMs: number): ClientBranch {
    const options = this.#options;
    const branchId = makeBranchId(options.instanceId, options.random, this.#loopHash);
    const branch = new ClientBranch(this.branches.length + 1, target, breadth, branchId, nowMs);
    this.branches.push(branch);
    return branch;
  }

  #startBranch(target: Target, breadth: number, nowMs: number, out: ProxyOutput[]): void {
    const branch = this.#open(target, breadth, nowMs);
    const hop = nextHopOf(nextHopUriOf(target, this.#setup.routing));
    switch (hop.kind) {
      case "destination":
        this.#call(branch, hop.destination, nowMs, out);
        return;
      case "ask":
        this.#trace.add("next-hop-asked", nowMs, branch.number, hop.question.name);
        out.push({ kind: "resolve", branch, question: hop.question });
        return;
      case "unusable":
        this.#fail(branch, hop.cause, nowMs);
        return;
    }
  }

  #call(branch: ClientBranch, destination: Endpoint, nowMs: number, out: ProxyOutput[]): void {
    branch.state = "calling";
    branch.destination = destination;
    if (this.#isInvite) branch.timerCAtMs = nowMs + this.#options.timerCMs;
    out.push({ kind: "start", branch });
  }

  #done(branch: ClientBranch, statusCode: number, nowMs: number): void {
    branch.state = "done";
    branch.lastStatusCode = statusCode;
    branch.timerCAtMs = Infinity;
    branch.giveUpAtMs = Infinity;
    this.#trace.add("branch-ended", nowMs, branch.number, statusCode);
  }

  /** It gave no final of its own; what it counts as is the caller's to say. */
  #close(branch: ClientBranch, cause: Cause, nowMs: number): void {
    branch.state = "done";
    branch.timerCAtMs = Infinity;
    branch.giveUpAtMs = Infinity;
    const detail = cause.evidence["detail"];
    const shown = typeof detail === "string" ? detail : "";
    this.#trace.add("branch-failed", nowMs, branch.number, cause.id, shown);
  }

  #fail(branch: ClientBranch, cause: Cause, nowMs: number): void {
    this.#close(branch, cause, nowMs);
    const isOursToName = this.#cancelledAtMs === undefined || cause.id === "cancel-unanswered";
    this.#consider({
      kind: "made",
      branch: branch.number,
      cause: isOursToName ? cause : this.#cancelledCause(nowMs),
    });
  }

  #drop(branch: ClientBranch, statusCode: number, rfc: string, nowMs: number): void {
    this.#trace.add("response-dropped", nowMs, branch.number, statusCode, rfc);
  }

  #cancelledCause(nowMs: number): Cause {
    return because("caller-cancelled", 487, { afterMs: Math.round(nowMs - this.#startedAtMs) });
  }

  #stopBranching(why: string, nowMs: number): void {
    this.#noMoreBranches = true;
    if (this.#targets.remaining === 0) return;
    for (const target of this.#targets.dropRemaining()) {
      this.#trace.add("target-skipped", nowMs, target.uri.text, why);
    }
  }

  #consider(candidate: Candidate): void {
    this.#finals ??= new FinalChoice(this.#setup, this.#options, this.#trace);
    this.#finals.consider(candidate, this.wasCancelled);
  }

  #relay(branch: ClientBranch, response: SipResponse, nowMs: number, out: ProxyOutput[]): void {
    if (response.statusCode >= 200) this.#finalSent = true;
    relay(branch.number, response, relayedEdit(response).text(), this.#trace, nowMs, out);
  }
}
