import type { DnsAnswer, DnsQuestion } from "../base/dns.ts";
import type { CauseId } from "../causes/index.ts";
import type { DirectoryEntry } from "../directory/index.ts";
import type { Held } from "../location/index.ts";
import type { SipRequest } from "../message/index.ts";
import type { Trace } from "../trace/index.ts";
import { isInDialog, isServed } from "./admission.ts";
import { loopHashOf, repeatableBranchId } from "./branch-id.ts";
import { callBranch } from "./branch-steps.ts";
import { ClientBranch } from "./client-branch.ts";
import { branchStartOf } from "./configured-hops.ts";
import { buildForwarded, type Sides } from "./forwarding.ts";
import { Locating } from "./locating.ts";
import type { ProxyOptions } from "./options.ts";
import type { ProxyOutput } from "./output.ts";
import { breadthShare, incomingBreadthOf } from "./max-breadth.ts";
import { preprocessRoute, type Routing } from "./route-preprocessing.ts";
import { Search } from "./search.ts";
import type { Target, TargetSet } from "./target-set.ts";
import { routesTextOf, validate } from "./validation.ts";

/**
 * An ACK to a 2xx on its way to the callee: a request of its own, never answered, never challenged, relayed without
 * state (RFC 3261 §16.11). Inside a dialog of ours it follows its Route; without Route it is looked up like any
 * request and goes to each device of that user, since which one answered is not known. Anything else is dropped.
 *
 * Deviation: RFC 3261 §16.11 has one target for what is relayed without state; an ACK without Route goes to each device,
 * since the one that answered must get it and the others ignore it.
 *
 * Deviation: RFC 3261 §18.1.1 makes no exception for an ACK over 1300 bytes; it goes by the transport of its next hop
 * all the same. Nothing answers it, so nothing would tell that TCP is not to be had there, and each copy would be lost.
 *
 * `start` outputs mean: send this text once, keep nothing.
 */
export class AckRelay {
  readonly #request: SipRequest;
  readonly #options: ProxyOptions;
  readonly #trace: Trace;
  #routing: Routing | undefined = undefined;
  #search: Search | undefined = undefined;
  #locating: Locating | undefined = undefined;
  readonly branches: ClientBranch[] = [];

  constructor(request: SipRequest, options: ProxyOptions, trace: Trace) {
    this.#request = request;
    this.#options = options;
    this.#trace = trace;
  }

  start(nowMs: number, out: ProxyOutput[]): void {
    const invalid = validate(this.#request, this.#options);
    if (invalid !== undefined) {
      this.#skip(this.#request.requestUri.text, invalid.cause.id, nowMs);
      return;
    }
    const routing = preprocessRoute(this.#request, this.#options);
    if ("kind" in routing) {
      this.#skip(this.#request.requestUri.text, routing.id, nowMs);
      return;
    }
    this.#routing = routing;
    const uri = routing.requestUri;
    const mayRelay = isInDialog(this.#request, routing);
    if (!mayRelay && (!isServed(uri, this.#options) || routing.routes.length > 0)) {
      this.#skip(uri.text, "relay-not-allowed", nowMs);
      return;
    }
    this.#search = new Search(uri, mayRelay, this.#options, this.#trace);
    this.#search.start(nowMs, out);
    this.#afterSearch(nowMs, out);
  }

  found(entry: DirectoryEntry | undefined, nowMs: number, out: ProxyOutput[]): void {
    this.#search?.found(entry, nowMs, out);
    this.#afterSearch(nowMs, out);
  }

  held(held: Held, nowMs: number, out: ProxyOutput[]): void {
    this.#search?.held(held, nowMs);
    this.#afterSearch(nowMs, out);
  }

  resolved(
    branch: ClientBranch,
    question: DnsQuestion,
    answer: DnsAnswer,
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    this.#locating?.answered(branch, question, answer, nowMs);
    if (branch.state === "resolving") this.#locate(branch, nowMs, out);
  }

  requestFor(branch: ClientBranch, sides: Sides): string {
    return buildForwarded(this.#request, this.#routing as Routing, branch, sides, this.#options);
  }

  #afterSearch(nowMs: number, out: ProxyOutput[]): void {
    const outcome = this.#search?.outcome;
    if (outcome === undefined || this.branches.length > 0) return;
    if (outcome.kind === "targets") this.#send(outcome.targets, nowMs, out);
    else this.#skip(this.#request.requestUri.text, outcome.cause.id, nowMs);
  }

  /**
   * To each target its share of the Max-Breadth, and to no more of them than there are shares: else ACKs that come
   * back to us would multiply without end (RFC 5393 §5.3.3).
   */
  #send(targets: TargetSet, nowMs: number, out: ProxyOutput[]): void {
    const { instanceId, tokenKey } = this.#options;
    const loopHash = loopHashOf(this.#request, routesTextOf(this.#request));
    let free = incomingBreadthOf(this.#request);
    for (let qMilli = targets.nextQMilli; qMilli !== undefined; qMilli = targets.nextQMilli) {
      const breadth = breadthShare(free, targets.remaining);
      const target = targets.takeOf(qMilli) as Target;
      if (free < 1) {
        this.#skip(target.uri.text, "max-breadth-exceeded", nowMs);
        continue;
      }
      free -= breadth;
      const number = this.branches.length + 1;
      const branchId = repeatableBranchId(instanceId, tokenKey, this.#request, number, loopHash);
      const branch = new ClientBranch(number, target, breadth, branchId, nowMs);
      this.branches.push(branch);
      this.#aim(branch, nowMs, out);
    }
  }

  #aim(branch: ClientBranch, nowMs: number, out: ProxyOutput[]): void {
    const { target } = branch;
    const start = branchStartOf(target, this.#routing as Routing);
    switch (start.kind) {
      case "destination":
        callBranch(branch, start.destination, Infinity, out);
        return;
      case "list":
        this.#locating ??= new Locating(Infinity, this.#options, this.#trace);
        branch.destinations = this.#locating.listOf(start.hops);
        this.#locate(branch, nowMs, out);
        return;
      case "unusable":
        this.#skip(target.uri.text, start.cause.id, nowMs);
        return;
    }
  }

  /** Located anew (RFC 3263 §4), the first destination alone: an ACK is lost without a word, and comes again with the next 2xx. */
  #locate(branch: ClientBranch, nowMs: number, out: ProxyOutput[]): void {
    const detail = this.#locating?.advance(branch, nowMs, out);
    if (detail === undefined) return;
    branch.state = "done";
    this.#skip(branch.target.uri.text, "next-hop-unresolvable", nowMs);
  }

  #skip(target: string, causeId: CauseId, nowMs: number): void {
    this.#trace.add("target-skipped", nowMs, target, causeId);
  }
}
