import type { DnsAnswer, DnsQuestion } from "../base/dns.ts";
import { because, type Cause } from "../causes/index.ts";
import type { Held } from "../location/index.ts";
import type { SipResponse } from "../message/index.ts";
import type { Trace } from "../trace/index.ts";
import type { Candidate } from "./best-response.ts";
import { loopHashOf, makeBranchId } from "./branch-id.ts";
import { failedBranchCause, silentBranchCause, unresolvedCause } from "./branch-causes.ts";
import {
  CANCEL_WAIT_MS,
  callBranch,
  cancelBranch,
  closeBranch,
  earliestDeadlineOf,
  endBranch,
  sendCancel,
} from "./branch-steps.ts";
import { ClientBranch } from "./client-branch.ts";
import { branchStartOf } from "./configured-hops.ts";
import { FinalChoice, isTooLate } from "./final-choice.ts";
import { Locating } from "./locating.ts";
import { LookAgain } from "./look-again.ts";
import { breadthShare, pendingBreadthOf } from "./max-breadth.ts";
import type { ProxyOptions } from "./options.ts";
import type { ProxyOutput } from "./output.ts";
import { relay, relayedEdit } from "./relay.ts";
import type { ResponseContextSetup } from "./response-context-setup.ts";
import { returnToUdp } from "./size-switch.ts";
import type { Target, TargetSet } from "./target-set.ts";
import { routesTextOf } from "./validation.ts";

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
  /** `Infinity` for anything but an INVITE (RFC 3261 §16.6 step 11). */
  readonly #timerCMs: number;
  readonly #loopHash: string;
  /** Made when the first final comes that does not go upstream at once. */
  #finals: FinalChoice | undefined = undefined;
  #groupQMilli = 0;
  #finalSent = false;
  #noMoreBranches = false;
  readonly #lookAgain: LookAgain;
  /** Made for the first target that is a name: most calls are to numeric bindings. */
  #locating: Locating | undefined = undefined;
  /** When the caller cancelled; undefined when not. */
  #cancelledAtMs: number | undefined = undefined;
  readonly #startedAtMs: number;

  constructor(setup: ResponseContextSetup, options: ProxyOptions, trace: Trace, nowMs: number) {
    this.#setup = setup;
    this.#targets = setup.targets;
    this.#options = options;
    this.#trace = trace;
    this.#isInvite = setup.request.method === "INVITE";
    this.#timerCMs = this.#isInvite ? options.timerCMs : Infinity;
    this.#loopHash = loopHashOf(setup.request, routesTextOf(setup.request));
    this.#startedAtMs = nowMs;
    this.#lookAgain = new LookAgain(setup.targets, trace, nowMs);
  }

  /** The earliest of every Timer C and every wait after a CANCEL; `Infinity` when none runs. */
  get deadlineMs(): number {
    return earliestDeadlineOf(this.branches);
  }

  get wasCancelled(): boolean {
    return this.#cancelledAtMs !== undefined;
  }

  start(nowMs: number, out: ProxyOutput[]): void {
    this.#proceed(nowMs, out);
  }

  /** The resolver's answer to a question that was put out for that branch. */
  resolved(
    branch: ClientBranch,
    question: DnsQuestion,
    answer: DnsAnswer,
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    this.#locating?.answered(branch, question, answer, nowMs);
    // By now it may be a later branch of the same target that waits for it.
    for (const waiting of this.branches) {
      if (waiting.state !== "resolving" || waiting.destinations !== branch.destinations) continue;
      this.#locate(waiting, nowMs, out);
    }
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
    const { statusCode } = response;
    this.#locating?.heard(branch);
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
    closeBranch(branch, cause, this.#trace, nowMs);
    const candidate = this.#made(branch, cause, nowMs);
    // "without ever having received any response, provisional or final" (RFC 3263 §4.3).
    const isFailure = branch.lastStatusCode === 0;
    const isUnreachable = causeId === "next-hop-unreachable";
    const overUdp = isFailure && isUnreachable ? branch.switchedFrom : undefined;
    if (overUdp !== undefined && this.#mayBranch()) {
      const again = this.#open(branch.target, branch.breadth, nowMs);
      returnToUdp(again, branch, this.#options, this.#trace, nowMs);
      callBranch(again, overUdp, nowMs + this.#timerCMs, out);
    } else {
      if (isFailure)
        this.#locating?.failed(branch, isUnreachable ? "unreachable" : "silent", nowMs);
      if (!isFailure || !this.#failOver(branch, candidate, nowMs, out)) this.#consider(candidate);
    }
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
    if (branch.cancel === "wanted") sendCancel(branch, nowMs, out);
    if (statusCode === 100) return;
    if (!this.#isInvite) return this.#drop(branch, statusCode, "RFC 4320 §4.1", nowMs);
    // RFC 3261 §16.7 step 2. A branch that we cancelled gets no more time by ringing on.
    if (branch.cancel === "no") branch.timerCAtMs = nowMs + this.#timerCMs;
    if (!this.#finalSent) this.#relay(branch, response, nowMs, out);
  }

  #success(branch: ClientBranch, response: SipResponse, nowMs: number, out: ProxyOutput[]): void {
    if (branch.state !== "done") endBranch(branch, response.statusCode, this.#trace, nowMs);
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
      endBranch(branch, statusCode, this.#trace, nowMs);
      const candidate: Candidate = { kind: "received", branch: branch.number, response };
      if (statusCode === 503) this.#locating?.busy(branch, response, nowMs);
      // A 503 is a failure of that destination, and no final of its target while there is another (RFC 3263 §4.3).
      if (statusCode !== 503 || !this.#failOver(branch, candidate, nowMs, out)) {
        this.#consider(candidate);
      }
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
    if (branch.state === "proceeding") cancelBranch(branch, "timerC", this.#trace, dueMs, out);
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
      else if (branch.state !== "done" && this.#isInvite) {
        cancelBranch(branch, why, this.#trace, nowMs, out);
      }
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

  /** Starts what may be started now; ends the context when there is nothing left to wait for. */
  #proceed(nowMs: number, out: ProxyOutput[]): void {
    if (this.hasEnded) return;
    if (isTooLate(this.#setup.request, this.#trace, nowMs))
      this.#stopBranching("response-too-late", nowMs);
    if (this.#lookAgain.isAwaited && !this.#noMoreBranches) return;
    let pending = pendingBreadthOf(this.branches);
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
      pending = pendingBreadthOf(this.branches);
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

  #open(target: Target, breadth: number, nowMs: number): ClientBranch {
    const options = this.#options;
    const branchId = makeBranchId(options.instanceId, options.random, this.#loopHash);
    const branch = new ClientBranch(this.branches.length + 1, target, breadth, branchId, nowMs);
    this.branches.push(branch);
    return branch;
  }

  #startBranch(target: Target, breadth: number, nowMs: number, out: ProxyOutput[]): void {
    const branch = this.#open(target, breadth, nowMs);
    const start = branchStartOf(target, this.#setup.routing);
    switch (start.kind) {
      case "destination":
        callBranch(branch, start.destination, nowMs + this.#timerCMs, out);
        return;
      case "list":
        this.#locating ??= new Locating(this.#timerCMs, this.#options, this.#trace);
        branch.destinations = this.#locating.listOf(start.hops);
        this.#locate(branch, nowMs, out);
        return;
      case "unusable":
        this.#fail(branch, start.cause, nowMs);
    }
  }

  #locate(branch: ClientBranch, nowMs: number, out: ProxyOutput[]): void {
    const detail = this.#locating?.advance(branch, nowMs, out);
    if (detail === undefined) return;
    const cause = unresolvedCause(branch, detail);
    closeBranch(branch, cause, this.#trace, nowMs);
    // That there is no further destination is no worse than how the last one failed.
    this.#consider(branch.failedBefore ?? this.#made(branch, cause, nowMs));
  }

  /**
   * The set of destinations is tried to its end, each in a new client transaction; only then has the target failed
   * (RFC 3263 §4.3, RFC 3261 §16.6 step 7). @returns false when there is no other, or none may be tried
   */
  #failOver(
    failed: ClientBranch,
    candidate: Candidate,
    nowMs: number,
    out: ProxyOutput[],
  ): boolean {
    if (!this.#mayBranch() || isTooLate(this.#setup.request, this.#trace, nowMs)) return false;
    const { destinations, target, breadth } = failed;
    const step = this.#locating?.next(destinations, this.branches.length + 1, nowMs);
    if (step === undefined || step.kind === "exhausted") return false;
    const branch = this.#open(target, breadth, nowMs);
    branch.destinations = destinations;
    branch.failedBefore = candidate;
    this.#trace.add("failed-over", nowMs, branch.number, failed.number, "RFC 3263 §4.3");
    this.#locating?.follow(branch, step, nowMs, out);
    return true;
  }

  #fail(branch: ClientBranch, cause: Cause, nowMs: number): void {
    closeBranch(branch, cause, this.#trace, nowMs);
    this.#consider(this.#made(branch, cause, nowMs));
  }

  #made({ number }: ClientBranch, cause: Cause, nowMs: number): Candidate {
    const isOursToName = this.#cancelledAtMs === undefined || cause.id === "cancel-unanswered";
    const named = isOursToName ? cause : this.#cancelledCause(nowMs);
    return { kind: "made", branch: number, cause: named };
  }

  #drop({ number }: ClientBranch, statusCode: number, rfc: string, nowMs: number): void {
    this.#trace.add("response-dropped", nowMs, number, statusCode, rfc);
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
