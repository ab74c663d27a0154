import { assert } from "../base/assert.ts";
import type { Authenticator, Claim } from "../auth/index.ts";
import { because, type Cause } from "../causes/index.ts";
import type { DirectoryEntry } from "../directory/index.ts";
import type { Held, ReplaceOutcome } from "../location/index.ts";
import { aorOf, buildResponse, domainOf, Header, OK, type Aor } from "../message/index.ts";
import type { Trace } from "../trace/index.ts";
import { applyChanges, type Applied, type RegisterFacts } from "./apply-changes.ts";
import { supportsPath, unknownExtensions } from "./extensions.ts";
import type { RegisterInput, RegistrarOptions, RegistrationOutput } from "./registration-types.ts";
import {
  acceptedHeaders,
  challengeHeaders,
  refusedHeaders,
  type HeaderPair,
} from "./reply-headers.ts";
import { requestedChanges, type RequestedChanges } from "./requested-changes.ts";

/** How often a REGISTER is decided anew because another machine wrote first; then it fails with 503. */
export const STORE_CONFLICTS_MAX = 8;

type State = "new" | "finding" | "looking-up" | "writing" | "ended";

/**
 * One REGISTER through RFC 3261 §10.3, steps 2 to 8; step 1 is the dispatcher's. Asks one question at a time and
 * ends with one `respond`. The driver gives it the REGISTERs of one AOR one after another (§10.3: in order).
 */
export class Registration {
  readonly #options: RegistrarOptions;
  readonly #input: RegisterInput;
  #state: State = "new";
  #claim: Claim | undefined;
  #facts: RegisterFacts | undefined;
  #requested: RequestedChanges | undefined;
  #applied: Applied | undefined;
  #decidedAtMs = 0;
  #conflicts = 0;

  constructor(options: RegistrarOptions, input: RegisterInput) {
    this.#options = options;
    this.#input = input;
  }

  start(nowMs: number, out: RegistrationOutput[]): void {
    assert(this.#state === "new", "a REGISTER starts once");
    const { request, domain } = this.#input;
    const { auth } = this.#options;
    const unknown = unknownExtensions(request);
    if (unknown !== "") {
      // Step 2, before anybody is asked for a password (§8.2.2.3).
      const evidence = { extensions: unknown, headerName: "Require" };
      this.#refuse(because("extension-required", 420, evidence), nowMs, out);
      return;
    }
    if (auth === "none") {
      this.#findOwner(nowMs, out);
      return;
    }
    const claim = auth.identify(request, domain, 401);
    if (claim.kind === "refused") {
      this.#challenge(auth, claim.cause, claim.stale, nowMs, out);
      return;
    }
    this.#claim = claim;
    this.#state = "finding";
    out.push({ kind: "findSubscriber", aor: claim.aor });
  }

  /** The answer to `findSubscriber`. An alias is a name, not an account: nobody registers as one. */
  found(entry: DirectoryEntry | undefined, nowMs: number, out: RegistrationOutput[]): void {
    assert(this.#state === "finding", "an entry answers findSubscriber");
    const { auth } = this.#options;
    const subscriber = entry?.kind === "subscriber" ? entry : undefined;
    const claim = this.#claim;
    const asked = claim?.aor ?? this.#facts?.aor ?? "";
    this.#trace.add("directory-looked-up", nowMs, asked, subscriber === undefined ? 0 : 1);
    if (auth === "none" || claim === undefined) {
      if (subscriber === undefined) this.#refuse(this.#userUnknown(asked), nowMs, out);
      else this.#readRequest(nowMs, out);
      return;
    }
    const verdict = auth.verify(claim, subscriber, nowMs, { countNonce: true });
    if (verdict.kind === "refused") {
      this.#challenge(auth, verdict.cause, verdict.stale, nowMs, out);
      return;
    }
    this.#trace.add("authenticated", nowMs, verdict.username, verdict.algorithm);
    const aor = this.#targetAor();
    if (aor !== verdict.aor) {
      // Step 4, before step 5: whether that other address exists is not said.
      const { username } = verdict;
      const target = aor ?? this.#input.request.to.uri.text;
      this.#refuse(because("aor-not-yours", 403, { username, aor: target }), nowMs, out);
      return;
    }
    this.#owner(aor);
    this.#readRequest(nowMs, out);
  }

  /** The answer to `lookup`. */
  held(held: Held, nowMs: number, out: RegistrationOutput[]): void {
    assert(this.#state === "looking-up", "bindings answer lookup");
    const { aor } = this.#known();
    const lapsed = held.lapsed.length;
    this.#trace.add("location-looked-up", nowMs, aor, held.bindings.length, lapsed);
    this.#decide(held, nowMs, out);
  }

  /** The answer to `replace`. */
  replaced(outcome: ReplaceOutcome, nowMs: number, out: RegistrationOutput[]): void {
    assert(this.#state === "writing", "an outcome answers replace");
    if (outcome.kind === "written") {
      this.#accept(nowMs, out);
      return;
    }
    const { aor } = this.#known();
    this.#trace.add("store-conflict", nowMs, aor);
    this.#conflicts += 1;
    if (this.#conflicts <= STORE_CONFLICTS_MAX) {
      this.#decide(outcome.held, nowMs, out);
      return;
    }
    const detail = `others wrote ${aor} first, ${this.#conflicts} times in a row`;
    this.#refuse(because("location-unreachable", 503, { detail }), nowMs, out);
  }

  /**
   * Any question may end so: the request fails as a whole, and nothing was written (RFC 3261 §10.3 step 7).
   *
   * Deviation: RFC 3261 §10.3 step 7 has a 500 for what cannot be stored; a 503 says that trying again may help, which
   * it does as soon as the store is back.
   */
  storeFailed(
    causeId: "location-unreachable" | "directory-unreachable",
    detail: string,
    nowMs: number,
    out: RegistrationOutput[],
  ): void {
    assert(this.#state !== "new" && this.#state !== "ended", "only a question can fail");
    this.#refuse(because(causeId, 503, { detail }), nowMs, out);
  }

  get #trace(): Trace {
    return this.#input.trace;
  }

  #findOwner(nowMs: number, out: RegistrationOutput[]): void {
    const { request } = this.#input;
    const { uri } = request.to;
    if (uri.kind !== "sip") {
      // RFC 3261 §10.2: the address-of-record "MUST be a SIP URI or SIPS URI" (RFC 4475 §3.3.4).
      const offset = Math.max(0, request.text.indexOf(uri.text));
      const expected = "a sip: or sips: address";
      this.#refuse(
        because("header-malformed", 400, { headerName: "To", offset, expected }),
        nowMs,
        out,
      );
      return;
    }
    const aor = this.#targetAor();
    if (aor === undefined) {
      this.#refuse(this.#userUnknown(uri.text), nowMs, out);
      return;
    }
    this.#owner(aor);
    this.#state = "finding";
    out.push({ kind: "findSubscriber", aor });
  }

  /** Step 5: the canonical To, if it is an address at the domain of the Request-URI. */
  #targetAor(): Aor | undefined {
    const { uri } = this.#input.request.to;
    if (uri.kind !== "sip" || uri.user === undefined) return undefined;
    const aor = aorOf(uri);
    return domainOf(aor) === this.#input.domain ? aor : undefined;
  }

  #owner(aor: Aor): void {
    const { request, source } = this.#input;
    const { bindingsPerAor } = this.#options;
    const path = request.values(Header.Path);
    this.#facts = { request, aor, path, source, bindingsPerAor };
  }

  /** What can be refused without looking at the bindings; then they are asked for. */
  #readRequest(nowMs: number, out: RegistrationOutput[]): void {
    const { request, aor, path } = this.#known();
    if (path.length > 0 && !supportsPath(request)) {
      // The recommended policy of RFC 3327 §5.3: the phone learns that somebody put himself on its path.
      this.#refuse(because("path-not-supported", 420, { aor }), nowMs, out);
      return;
    }
    const requested = requestedChanges(request, this.#options);
    if (requested.kind === "cause") {
      this.#refuse(requested, nowMs, out);
      return;
    }
    this.#requested = requested;
    this.#state = "looking-up";
    out.push({ kind: "lookup", aor });
  }

  #decide(held: Held, nowMs: number, out: RegistrationOutput[]): void {
    const facts = this.#known();
    assert(this.#requested !== undefined, "the request was read before the bindings were");
    const applied = applyChanges(held.bindings, this.#requested, facts, nowMs);
    if (applied.kind === "cause") {
      this.#refuse(applied, nowMs, out);
      return;
    }
    this.#applied = applied;
    this.#decidedAtMs = nowMs;
    if (applied.changes.length === 0) {
      this.#accept(nowMs, out);
      return;
    }
    this.#state = "writing";
    const { aor } = facts;
    out.push({ kind: "replace", aor, version: held.version, bindings: applied.bindings });
  }

  /** Step 8. The intervals are those of the moment of decision, so that a phone reads the very number it asked for. */
  #accept(nowMs: number, out: RegistrationOutput[]): void {
    const { request, toTag } = this.#input;
    assert(this.#applied !== undefined, "what is accepted was applied");
    for (const { contactUri, expiresSeconds, change } of this.#applied.changes) {
      this.#trace.add("binding-written", nowMs, contactUri, expiresSeconds, change);
    }
    const { bindings } = this.#applied;
    const headers = acceptedHeaders(bindings, this.#known().path, this.#decidedAtMs);
    this.#state = "ended";
    const text = buildResponse(request, OK, { toTag, headers });
    out.push({ kind: "respond", text, statusCode: 200, cause: undefined });
  }

  #challenge(
    auth: Authenticator,
    cause: Cause,
    stale: boolean,
    nowMs: number,
    out: RegistrationOutput[],
  ): void {
    const { domain, request } = this.#input;
    const algorithms = auth.algorithmsFor(request);
    this.#trace.add("challenged", nowMs, domain, algorithms.join(" "), stale ? 1 : 0);
    const values = auth.challenge(domain, nowMs, { stale, algorithms });
    this.#respond(cause, challengeHeaders(values), nowMs, out);
  }

  #refuse(cause: Cause, nowMs: number, out: RegistrationOutput[]): void {
    this.#respond(cause, refusedHeaders(cause), nowMs, out);
  }

  #respond(
    cause: Cause,
    headers: readonly HeaderPair[],
    nowMs: number,
    out: RegistrationOutput[],
  ): void {
    const { request, toTag } = this.#input;
    this.#state = "ended";
    this.#trace.refuse(cause, nowMs);
    const text = buildResponse(request, cause, { toTag, headers });
    out.push({ kind: "respond", text, statusCode: cause.statusCode, cause });
  }

  #userUnknown(aor: string): Cause {
    return because("user-unknown", 404, { aor, domain: this.#input.domain });
  }

  #known(): RegisterFacts {
    assert(this.#facts !== undefined, "the address-of-record is known by now");
    return this.#facts;
  }
}
