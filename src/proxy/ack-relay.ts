import type { Endpoint } from "../base/endpoint.ts";
import type { Cause } from "../causes/index.ts";
import type { DirectoryEntry } from "../directory/index.ts";
import type { Held } from "../location/index.ts";
import type { SipRequest } from "../message/index.ts";
import { nextHopOf } from "../routing/index.ts";
import type { Trace } from "../trace/index.ts";
import { loopHashOf, makeBranchId } from "./branch-id.ts";
import { ClientBranch } from "./client-branch.ts";
import { buildForwarded, type Sides } from "./forwarding.ts";
import type { ProxyOptions } from "./options.ts";
import type { ProxyOutput } from "./output.ts";
import { incomingBreadthOf } from "./response-context.ts";
import { preprocessRoute, type Routing } from "./route-preprocessing.ts";
import { Search } from "./search.ts";
import type { Target, TargetSet } from "./target-set.ts";
import { routesTextOf } from "./validation.ts";

/**
 * An ACK to a 2xx on its way to the callee: a request of its own, never answered, never challenged, relayed without
 * state (RFC 3261 §16.11). Inside a dialog of ours it follows its Route; without Route it is looked up like any
 * request and goes to each device of that user, since which one answered is not known. Anything else is dropped.
 *
 * `start` outputs mean: send this text once, keep nothing.
 */
export class AckRelay {
  readonly #request: SipRequest;
  readonly #options: ProxyOptions;
  readonly #trace: Trace;
  #routing: Routing | undefined = undefined;
  #search: Search | undefined = undefined;
  readonly branches: ClientBranch[] = [];

  constructor(request: SipRequest, options: ProxyOptions, trace: Trace) {
    this.#request = request;
    this.#options = options;
    this.#trace = trace;
  }

  start(nowMs: number, out: ProxyOutput[]): void {
    if (this.#request.maxForwards === 0) return;
    const routing = preprocessRoute(this.#request, this.#options);
    if ("kind" in routing) return;
    this.#routing = routing;
    const uri = routing.requestUri;
    const isServed = uri.kind === "sip" && this.#options.serves(uri.host, uri.port);
    const isInDialog = routing.hasDialogToken && this.#request.toTag !== undefined;
    if (!isInDialog && (!isServed || routing.routes.length > 0)) {
      this.#trace.add("target-skipped", nowMs, uri.text, "relay-not-allowed");
      return;
    }
    this.#search = new Search(uri, isInDialog, this.#options, this.#trace);
    this.#search.start(isServed, nowMs, out);
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

  resolved(branch: ClientBranch, answer: readonly Endpoint[] | Cause, out: ProxyOutput[]): void {
    const first = "kind" in answer ? undefined : answer[0];
    if (first === undefined) return;
    branch.destination = first;
    out.push({ kind: "start", branch });
  }

  requestFor(branch: ClientBranch, sides: Sides): string {
    return buildForwarded(this.#request, this.#routing as Routing, branch, sides, this.#options);
  }

  #afterSearch(nowMs: number, out: ProxyOutput[]): void {
    const outcome = this.#search?.outcome;
    if (outcome?.kind !== "targets" || this.branches.length > 0) return;
    this.#send(outcome.targets, nowMs, out);
  }

  #send(targets: TargetSet, nowMs: number, out: ProxyOutput[]): void {
    const breadth = incomingBreadthOf(this.#request);
    for (let qMilli = targets.nextQMilli; qMilli !== undefined; qMilli = targets.nextQMilli) {
      const target = targets.takeOf(qMilli) as Target;
      const { instanceId, random } = this.#options;
      const loopHash = loopHashOf(this.#request, routesTextOf(this.#request));
      const branchId = makeBranchId(instanceId, random, loopHash);
      const number = this.branches.length + 1;
      const branch = new ClientBranch(number, target, breadth, branchId, nowMs);
      this.branches.push(branch);
      const hop = nextHopOf(this.#routing?.firstRoute ?? target.uri);
      if (hop.kind === "destination") {
        branch.destination = hop.destination;
        out.push({ kind: "start", branch });
      } else if (hop.kind === "ask") out.push({ kind: "resolve", branch, question: hop.question });
    }
  }
}
