import { isMalformed, domainOf, Header, parameterOf, parseAor } from "../message/index.ts";
import type { SipResponse } from "../message/index.ts";
import { ChallengeAnswers } from "./challenge-answers.ts";
import type { CoreOutput, FailureId, RequestOwner } from "./output.ts";
import type { BuiltRequest, RequestFactory } from "./request-factory.ts";

/**
 * Proxies on the way may add themselves to the Path, which says nothing to us (RFC 3327 §5.1). It is the only option tag
 * that we send: one of a standards-track RFC, as RFC 3261 §8.1.1.9 and §20.37 have it.
 */
const SUPPORTED = ["Supported", "path"] as const;

/**
 * Registers one contact (RFC 3261 §10.2), one request after the other, each to the domain alone and none by a route:
 * answers a challenge, and takes a longer interval when the registrar finds
 * ours too brief. Refreshing is whoever's who keeps the time; each call is a new REGISTER with the same Call-ID.
 */
export class Registering implements RequestOwner {
  readonly #factory: RequestFactory;
  readonly #callId: string;
  readonly #fromTag: string;
  #answers: ChallengeAnswers;
  #sequenceNumber = 0;
  #expiresSeconds = 0;
  #hasLengthened = false;
  #isPending = false;
  /** What was asked for while a REGISTER had no final response yet: it is sent then (RFC 3261 §10.2). */
  #nextExpiresSeconds: number | undefined;

  constructor(factory: RequestFactory) {
    this.#factory = factory;
    this.#answers = new ChallengeAnswers(factory);
    this.#callId = factory.callId();
    this.#fromTag = factory.tag();
  }

  /** 0 removes the binding (RFC 3261 §10.2.2). */
  start(expiresSeconds: number, out: CoreOutput[]): void {
    if (this.#isPending) {
      this.#nextExpiresSeconds = expiresSeconds;
      return;
    }
    this.#isPending = true;
    this.#answers = new ChallengeAnswers(this.#factory);
    this.#hasLengthened = false;
    this.#expiresSeconds = expiresSeconds;
    this.#send(out);
  }

  receiveResponse(
    request: BuiltRequest,
    response: SipResponse,
    nowMs: number,
    out: CoreOutput[],
  ): void {
    const { statusCode } = response;
    if (statusCode < 200) return;
    if (statusCode < 300) {
      const expiresSeconds = this.#grantedBy(response);
      out.push({ kind: "registered", atMs: nowMs, expiresSeconds });
      this.#startNext(out);
    } else if (
      this.#answers.answer(response, "REGISTER", request.requestUri) ||
      this.#lengthens(response)
    ) {
      this.#send(out);
    } else {
      out.push({ kind: "registrationFailed", atMs: nowMs, why: response });
      this.#startNext(out);
    }
  }

  requestFailed(
    _request: BuiltRequest,
    causeId: FailureId,
    nowMs: number,
    out: CoreOutput[],
  ): void {
    out.push({ kind: "registrationFailed", atMs: nowMs, why: causeId });
    this.#startNext(out);
  }

  #startNext(out: CoreOutput[]): void {
    const next = this.#nextExpiresSeconds;
    this.#isPending = false;
    this.#nextExpiresSeconds = undefined;
    if (next !== undefined) this.start(next, out);
  }

  #send(out: CoreOutput[]): void {
    const { aor } = this.#factory.options;
    const parsed = parseAor(aor);
    const domain = parsed === undefined ? aor.slice(aor.indexOf("@") + 1) : domainOf(parsed);
    this.#sequenceNumber += 1;
    const request = this.#factory.outside(
      "REGISTER",
      {
        requestUri: `sip:${domain}`,
        from: `<${aor}>;tag=${this.#fromTag}`,
        to: `<${aor}>`,
        callId: this.#callId,
        sequenceNumber: this.#sequenceNumber,
      },
      [["Expires", String(this.#expiresSeconds)], SUPPORTED, ...this.#answers.headers],
    );
    out.push({ kind: "start", request, owner: this });
  }

  /** 423: once, with what the registrar wants (RFC 3261 §10.2.8). */
  #lengthens(response: SipResponse): boolean {
    if (response.statusCode !== 423 || this.#hasLengthened) return false;
    const minimum = response.integer(Header.MinExpires);
    if (typeof minimum !== "number" || minimum <= this.#expiresSeconds) return false;
    this.#hasLengthened = true;
    this.#expiresSeconds = minimum;
    return true;
  }

  /** What the registrar made of our wish: the parameter at our Contact, else Expires (RFC 3261 §10.2.4). */
  #grantedBy(response: SipResponse): number {
    const contacts = response.nameAddrs(Header.Contact);
    const ours = this.#factory.contact.slice(1, -1);
    if (!isMalformed(contacts)) {
      const contact = contacts.find(({ uri }) => uri.text === ours);
      const expires = contact && parameterOf(contact.parameters, "expires");
      if (expires !== undefined) return Number(expires);
    }
    const expires = response.integer(Header.Expires);
    return typeof expires === "number" ? expires : this.#expiresSeconds;
  }
}
