import type { Claim } from "../auth/index.ts";
import { isOwnerOf } from "../auth/index.ts";
import type { DnsAnswer, DnsQuestion } from "../base/dns.ts";
import { because, type Cause } from "../causes/index.ts";
import type { DirectoryEntry } from "../directory/index.ts";
import type { Held } from "../location/index.ts";
import {
  aorOf,
  buildResponse,
  OK,
  parameterOf,
  type SipRequest,
  type SipResponse,
  type SipUri,
  type Uri,
} from "../message/index.ts";
import type { Trace } from "../trace/index.ts";
import {
  isOurAddress,
  isQuestionToServer,
  isServed,
  ownDomainOf,
  standingOf,
  type Standing,
} from "./admission.ts";
import { asSeenFrom } from "./as-seen-from.ts";
import type { ClientBranch } from "./client-branch.ts";
import { localTagOf } from "./dialog-token.ts";
import { buildForwarded, type Sides } from "./forwarding.ts";
import { incomingBreadthOf } from "./max-breadth.ts";
import type { ProxyOptions } from "./options.ts";
import type { ProxyOutput } from "./output.ts";
import { ResponseContext } from "./response-context.ts";
import { preprocessRoute, type Routing } from "./route-preprocessing.ts";
import { Search } from "./search.ts";
import { leaveUdp } from "./size-switch.ts";
import type { TargetSet } from "./target-set.ts";
import { refusal, validate, type Refusal } from "./validation.ts";

/** What the driver knows about a request and the request does not say. */
export interface RequestFacts {
  /** One of its Vias is a branch of ours that is still pending: it spirals, and is no replay. */
  readonly isSpiral: boolean;
}

/**
 * The proxy core's work on one request (RFC 3261 §16.3 to §16.7): is it valid, whose is it, who is asking, where may
 * it go; from there its response context takes over. ACK, CANCEL and what the registrar takes never come here.
 *
 * Pure: questions are outputs, answers are inputs, one at a time.
 */
export class ProxyCore {
  readonly #request: SipRequest;
  readonly #facts: RequestFacts;
  readonly #options: ProxyOptions;
  readonly #trace: Trace;
  readonly #startedAtMs: number;
  #routing: Routing | undefined = undefined;
  #standing: Standing = "stranger";
  #claim: Claim | undefined = undefined;
  #search: Search | undefined = undefined;
  #responses: ResponseContext | undefined = undefined;
  #ended = false;

  constructor(request: SipRequest, facts: RequestFacts, options: ProxyOptions, trace: Trace) {
    this.#request = request;
    this.#facts = facts;
    this.#options = options;
    this.#trace = trace;
    this.#startedAtMs = trace.startedAtMs;
  }

  get deadlineMs(): number {
    return this.#responses === undefined ? Infinity : this.#responses.deadlineMs;
  }

  /** A final response was given or given up, and no branch is pending. */
  get hasEnded(): boolean {
    return this.#ended || this.#responses?.hasEnded === true;
  }

  /** By the caller, and in time. */
  get wasCancelled(): boolean {
    return this.#responses?.wasCancelled === true;
  }

  /** Empty until the search has ended. */
  get branches(): readonly ClientBranch[] {
    return this.#responses?.branches ?? [];
  }

  start(nowMs: number, out: ProxyOutput[]): void {
    const invalid = validate(this.#request, this.#options);
    if (invalid !== undefined) {
      this.#refuse(invalid, nowMs, out);
      return;
    }
    const routing = preprocessRoute(this.#request, this.#options);
    if ("kind" in routing) {
      this.#refuse(refusal(routing), nowMs, out);
      return;
    }
    this.#routing = routing;
    this.#traceRouting(routing, nowMs);
    this.#standing = standingOf(this.#request, routing, this.#options);
    if (this.#standing === "challenge") this.#identify(nowMs, out);
    else this.#admitted(nowMs, out);
  }

  /** The answer to `find`. */
  found(entry: DirectoryEntry | undefined, nowMs: number, out: ProxyOutput[]): void {
    if (this.hasEnded) return;
    if (this.#claim !== undefined) this.#verify(this.#claim, entry, nowMs, out);
    else this.#search?.found(entry, nowMs, out);
    this.#afterSearch(nowMs, out);
  }

  /** The answer to `lookup`. */
  held(held: Held, nowMs: number, out: ProxyOutput[]): void {
    if (this.hasEnded) return;
    if (this.#responses !== undefined) {
      this.#responses.lookedAgain(held, nowMs, out);
      return;
    }
    this.#search?.held(held, nowMs);
    this.#afterSearch(nowMs, out);
  }

  /** A question that its store could not answer. */
  questionFailed(
    causeId: "location-unreachable" | "directory-unreachable",
    detail: string,
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    if (this.hasEnded) return;
    if (this.#responses !== undefined) {
      this.#responses.lookAgainFailed(nowMs, out);
      return;
    }
    this.#refuse(refusal(because(causeId, 503, { detail })), nowMs, out);
  }

  /** The answer to `resolve`. */
  resolved(
    branch: ClientBranch,
    question: DnsQuestion,
    answer: DnsAnswer,
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    this.#responses?.resolved(branch, question, answer, nowMs, out);
  }

  receive(branch: ClientBranch, response: SipResponse, nowMs: number, out: ProxyOutput[]): void {
    this.#responses?.receive(branch, response, nowMs, out);
  }

  branchFailed(
    branch: ClientBranch,
    causeId: "branch-timed-out" | "next-hop-unreachable",
    detail: string,
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    this.#responses?.branchFailed(branch, causeId, detail, nowMs, out);
  }

  /** The caller's CANCEL, already answered 200 by the driver (RFC 3261 §16.10). */
  cancel(nowMs: number, out: ProxyOutput[]): void {
    if (this.hasEnded) return;
    if (this.#responses !== undefined) this.#responses.cancel(nowMs, out);
    else this.#refuse(refusal(this.#cancelled(nowMs)), nowMs, out);
  }

  /** The server ends before the answer came: who waits is told so, and no phone is left ringing. */
  stop(nowMs: number, out: ProxyOutput[]): void {
    if (this.hasEnded) return;
    if (this.#responses?.stop(nowMs, out) === false) {
      this.#ended = true;
      out.push({ kind: "ended" });
      return;
    }
    const cause = this.wasCancelled ? this.#cancelled(nowMs) : because("shutting-down", 503, {});
    this.#refuse(refusal(cause), nowMs, out);
  }

  advance(nowMs: number, out: ProxyOutput[]): void {
    this.#responses?.advance(nowMs, out);
  }

  /** The text that a started branch sends, once the driver knows the way out. */
  requestFor(branch: ClientBranch, sides: Sides): string {
    return buildForwarded(this.#request, this.#routing as Routing, branch, sides, this.#options);
  }

  /** Too large for UDP? @returns whether `branch` goes by TCP now, and its text must be built anew */
  leavesUdp(branch: ClientBranch, sizeBytes: number, nowMs: number): boolean {
    const { toTag } = this.#request;
    // Inside a dialog and without a Route that leads on, the next hop is the device that the call was set up with.
    const isDevice = toTag !== undefined && this.#routing?.firstRoute === undefined;
    if (isDevice && branch.destinations === undefined) return false;
    return leaveUdp(branch, sizeBytes, this.#options, this.#trace, nowMs);
  }

  #traceRouting(routing: Routing, nowMs: number): void {
    if (this.#facts.isSpiral) {
      this.#trace.add("spiral-recognised", nowMs, this.#request.topVia.branchId ?? "");
    }
    if (routing.repaired) {
      this.#trace.add("strict-route-repaired", nowMs, routing.requestUri.text);
    }
    for (let at = 0; at < routing.poppedCount; at += 1) {
      this.#trace.add("route-popped", nowMs, routing.received[at] ?? "");
    }
    if (routing.hasDialogToken) this.#trace.add("dialog-token-valid", nowMs);
    const next = routing.routes[0];
    if (next !== undefined) this.#trace.add("route-followed", nowMs, next);
  }

  /** RFC 3261 §16.3 step 6, §22.3: whose credentials are these? Asked for with 407, never 401 (§22.1). */
  #identify(nowMs: number, out: ProxyOutput[]): void {
    const realm = ownDomainOf(this.#request.from.uri, this.#options) ?? "";
    const claim = this.#options.authenticator.identify(this.#request, realm, 407);
    if (claim.kind === "refused") {
      this.#challenge(realm, claim, nowMs, out);
      return;
    }
    this.#claim = claim;
    out.push({ kind: "find", aor: claim.aor });
  }

  #verify(
    claim: Claim,
    entry: DirectoryEntry | undefined,
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    this.#claim = undefined;
    const account = entry?.kind === "subscriber" ? entry : undefined;
    const verdict = this.#options.authenticator.verify(claim, account, nowMs, {
      countNonce: this.#mustCountNonce(claim),
    });
    if (verdict.kind === "refused") {
      this.#challenge(claim.realm, verdict, nowMs, out);
      return;
    }
    this.#trace.add("authenticated", nowMs, verdict.username, verdict.algorithm);
    const from = this.#request.from.uri as SipUri;
    if (!isOwnerOf(verdict.username, claim.realm, aorOf(from))) {
      const { username } = verdict;
      this.#refuse(
        refusal(because("from-not-yours", 403, { username, from: from.text })),
        nowMs,
        out,
      );
      return;
    }
    this.#admitted(nowMs, out);
  }

  /**
   * A spiral rightly brings the credentials of its first pass again. One that meanwhile aims elsewhere than where the
   * credentials were made out for is counted all the same: else whoever was called could call on at our user's cost.
   */
  #mustCountNonce(claim: Claim): boolean {
    if (!this.#facts.isSpiral) return true;
    const uri = (this.#routing as Routing).requestUri;
    return !isServed(uri, this.#options) && claim.uri !== uri.text;
  }

  #challenge(
    realm: string,
    refused: { readonly cause: Cause; readonly stale: boolean },
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    const { authenticator } = this.#options;
    const { stale } = refused;
    const algorithms = authenticator.algorithmsFor(this.#request);
    const values = authenticator.challenge(realm, nowMs, { stale, algorithms });
    this.#trace.add("challenged", nowMs, realm, algorithms.join(" "), stale ? 1 : 0);
    const headers: [string, string][] = [];
    for (const value of values) headers.push(["Proxy-Authenticate", value]);
    this.#refuse({ cause: refused.cause, headers }, nowMs, out);
  }

  /** Who asks is settled; now where to. */
  #admitted(nowMs: number, out: ProxyOutput[]): void {
    const options = this.#options;
    const { requestUri: uri, routes } = this.#routing as Routing;
    const served = isServed(uri, options);
    this.#trace.add("domain-checked", nowMs, domainIn(uri), served ? 1 : 0);
    if (routes.length === 0) {
      if (isQuestionToServer(this.#request.method, uri, options)) {
        this.#answerForServer(out);
        return;
      }
      if (!served && isOurAddress(uri, options)) {
        const evidence = { domain: domainIn(uri), requestUri: uri.text };
        this.#refuse(refusal(because("domain-not-served", 404, evidence)), nowMs, out);
        return;
      }
    }
    const mayRelay = this.#standing === "dialog" || this.#standing === "challenge";
    if (!mayRelay && (!served || routes.length > 0)) {
      this.#refuse(refusal(this.#relayRefusal(served)), nowMs, out);
      return;
    }
    this.#search = new Search(uri, mayRelay, options, this.#trace);
    this.#search.start(nowMs, out);
    this.#afterSearch(nowMs, out);
  }

  #relayRefusal(served: boolean): Cause {
    const { requestUri: uri, firstRoute } = this.#routing as Routing;
    const requestUri = uri.text;
    if (!served && this.#standing === "stranger") {
      return because("domain-not-served", 404, { domain: domainIn(uri), requestUri });
    }
    // Where a Route leads elsewhere, that is where it would have gone.
    return because("relay-not-allowed", 403, { domain: domainIn(firstRoute ?? uri), requestUri });
  }

  #afterSearch(nowMs: number, out: ProxyOutput[]): void {
    const outcome = this.#search?.outcome;
    if (outcome === undefined || this.#responses !== undefined) return;
    if (outcome.kind === "refused") {
      const { requestUri } = this.#routing as Routing;
      const seen = asSeenFrom(this.#standing, outcome.cause, requestUri, this.#options);
      this.#refuse(seen, nowMs, out);
    } else this.#forward(outcome.targets, nowMs, out);
  }

  #forward(targets: TargetSet, nowMs: number, out: ProxyOutput[]): void {
    const request = this.#request;
    const incomingBreadth = incomingBreadthOf(request);
    const routing = this.#routing as Routing;
    this.#responses = new ResponseContext(
      { request, routing, targets, incomingBreadth },
      this.#options,
      this.#trace,
      nowMs,
    );
    this.#responses.start(nowMs, out);
  }

  /** RFC 3261 §11.2; what is left out of Allow, Accept, Supported and the like means its default (§20.1 to §20.5). */
  #answerForServer(out: ProxyOutput[]): void {
    this.#ended = true;
    const text = buildResponse(this.#request, OK, {
      toTag: localTagOf(this.#request, this.#options.tokenKey),
      headers: [
        [
          "Allow",
          "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, MESSAGE, INFO, UPDATE, PRACK, REFER, SUBSCRIBE, NOTIFY, PUBLISH",
        ],
        ["Accept", "application/sdp"],
        ["Supported", "path"],
      ],
    });
    out.push({ kind: "respond", statusCode: 200, text, cause: undefined, branch: 0 });
    out.push({ kind: "ended" });
  }

  #cancelled(nowMs: number): Cause {
    const afterMs = Math.round(nowMs - this.#startedAtMs);
    return because("caller-cancelled", 487, { afterMs });
  }

  #refuse({ cause, headers }: Refusal, nowMs: number, out: ProxyOutput[]): void {
    this.#ended = true;
    this.#trace.refuse(cause, nowMs);
    const toTag = localTagOf(this.#request, this.#options.tokenKey);
    const text = buildResponse(this.#request, cause, { toTag, headers });
    out.push({ kind: "respond", statusCode: cause.statusCode, text, cause, branch: 0 });
    out.push({ kind: "ended" });
  }
}

/** Where a URI leads, for the evidence: a maddr overrides the host (RFC 3261 §19.1.1). */
function domainIn(uri: Uri): string {
  if (uri.kind !== "sip") return "";
  return (parameterOf(uri.parameters, "maddr") ?? uri.host).toLowerCase();
}
