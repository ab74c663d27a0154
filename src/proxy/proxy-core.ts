import type { Claim } from "../auth/index.ts";
import { isOwnerOf } from "../auth/index.ts";
import type { Endpoint } from "../base/endpoint.ts";
import { because, type Cause } from "../causes/index.ts";
import type { DirectoryEntry } from "../directory/index.ts";
import type { Held } from "../location/index.ts";
import {
  aorOf,
  buildResponse,
  OK,
  type SipRequest,
  type SipResponse,
  type SipUri,
  type Uri,
} from "../message/index.ts";
import type { Trace } from "../trace/index.ts";
import { ownDomainOf, standingOf, type Standing } from "./admission.ts";
import type { ClientBranch } from "./client-branch.ts";
import { localTagOf } from "./dialog-token.ts";
import { buildForwarded, type Sides } from "./forwarding.ts";
import type { ProxyOptions } from "./options.ts";
import type { ProxyOutput } from "./output.ts";
import { incomingBreadthOf, ResponseContext } from "./response-context.ts";
import { preprocessRoute, type Routing } from "./route-preprocessing.ts";
import { Search } from "./search.ts";
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
    this.#refuse(refusal(because(causeId, 503, { detail })), nowMs, out);
  }

  /** The answer to `resolve`. */
  resolved(
    branch: ClientBranch,
    answer: readonly Endpoint[] | Cause,
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    this.#responses?.resolved(branch, answer, nowMs, out);
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
    else {
      const afterMs = Math.round(nowMs - this.#startedAtMs);
      this.#refuse(refusal(because("caller-cancelled", 487, { afterMs })), nowMs, out);
    }
  }

  advance(nowMs: number, out: ProxyOutput[]): void {
    this.#responses?.advance(nowMs, out);
  }

  /** The text that a started branch sends, once the driver knows the way out. */
  requestFor(branch: ClientBranch, sides: Sides): string {
    return buildForwarded(this.#request, this.#routing as Routing, branch, sides, this.#options);
  }

  #traceRouting(routing: Routing, nowMs: number): void {
    if (this.#facts.isSpiral) {
      this.#trace.add("spiral-recognised", nowMs, this.#request.topVia.branchId ?? "");
    }
    if (routing.repaired) {
      this.#trace.add("strict-route-repaired", nowMs, routing.requestUri.text);
    }
    if (routing.poppedCount > 0) {
      this.#trace.add("route-popped", nowMs, String(routing.poppedCount));
    }
    if (routing.hasDialogToken) this.#trace.add("dialog-token-valid", nowMs);
    const next = routing.routes[0];
    if (next !== undefined) this.#trace.add("route-followed", nowMs, next);
  }

  /** RFC 3261 §22.3: whose credentials are these? */
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
    return !this.#isServed(uri) && claim.uri !== uri.text;
  }

  #challenge(
    realm: string,
    refused: { readonly cause: Cause; readonly stale: boolean },
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    const authenticator = this.#options.authenticator;
    const values = authenticator.challenge(realm, nowMs, { stale: refused.stale });
    this.#trace.add(
      "challenged",
      nowMs,
      realm,
      authenticator.algorithms.join(" "),
      refused.stale ? 1 : 0,
    );
    const headers: [string, string][] = [];
    for (const value of values) headers.push(["Proxy-Authenticate", value]);
    this.#refuse({ cause: refused.cause, headers }, nowMs, out);
  }

  /** Who asks is settled; now where to. */
  #admitted(nowMs: number, out: ProxyOutput[]): void {
    const routing = this.#routing as Routing;
    const uri = routing.requestUri;
    const isServed = this.#isServed(uri);
    this.#trace.add("domain-checked", nowMs, domainIn(uri), isServed ? 1 : 0);
    const mayRelay = this.#standing === "dialog" || this.#standing === "challenge";
    if (!mayRelay && (!isServed || routing.routes.length > 0)) {
      this.#refuse(refusal(this.#relayRefusal(uri, isServed)), nowMs, out);
      return;
    }
    if (isServed && this.#isForThisServer(uri)) {
      this.#answerForServer(nowMs, out);
      return;
    }
    this.#search = new Search(uri, mayRelay, this.#options, this.#trace);
    this.#search.start(isServed, nowMs, out);
    this.#afterSearch(nowMs, out);
  }

  #isServed(uri: Uri): boolean {
    if (uri.kind === "tel") return true;
    return uri.kind === "sip" && this.#options.serves(uri.host, uri.port);
  }

  /** OPTIONS for the domain itself is a question to the server (RFC 3261 §11); all else needs a user part. */
  #isForThisServer(uri: Uri): boolean {
    return uri.kind === "sip" && uri.user === undefined && this.#request.method === "OPTIONS";
  }

  #relayRefusal(uri: Uri, isServed: boolean): Cause {
    const domain = domainIn(uri);
    const requestUri = uri.text;
    if (this.#standing === "own" || isServed) {
      return because("relay-not-allowed", 403, { domain, requestUri });
    }
    return because("domain-not-served", 404, { domain, requestUri });
  }

  #afterSearch(nowMs: number, out: ProxyOutput[]): void {
    const outcome = this.#search?.outcome;
    if (outcome === undefined || this.#responses !== undefined) return;
    if (outcome.kind === "refused") this.#refuse(this.#asSeenFrom(outcome.cause), nowMs, out);
    else this.#forward(outcome.targets, nowMs, out);
  }

  /** `strangers: "uniform"` hides from callers elsewhere whether a user exists. */
  #asSeenFrom(cause: Cause): Refusal {
    const isHidden =
      cause.id === "user-unknown" &&
      this.#standing === "stranger" &&
      this.#options.strangers === "uniform";
    if (isHidden) {
      const { aor, domain } = cause.evidence as { readonly aor: string; readonly domain: string };
      return refusal(because("user-unknown", 480, { aor, domain }));
    }
    if (cause.id === "sips-not-available") {
      // RFC 5630 §5.3: the warn-code tells a caller that sip: would do.
      const agent = this.#options.domains[0] ?? "nexthop";
      return { cause, headers: [["Warning", `380 ${agent} "SIPS Not Allowed"`]] };
    }
    return refusal(cause);
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

  #answerForServer(nowMs: number, out: ProxyOutput[]): void {
    this.#ended = true;
    this.#trace.add("response-sent", nowMs, 200, "OK", "own", 0);
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

  #refuse({ cause, headers }: Refusal, nowMs: number, out: ProxyOutput[]): void {
    this.#ended = true;
    this.#trace.refuse(cause, nowMs);
    const toTag = localTagOf(this.#request, this.#options.tokenKey);
    const text = buildResponse(this.#request, cause, { toTag, headers });
    out.push({ kind: "respond", statusCode: cause.statusCode, text, cause, branch: 0 });
    out.push({ kind: "ended" });
  }
}

function domainIn(uri: Uri): string {
  return uri.kind === "sip" ? uri.host.toLowerCase() : "";
}
