import type { SipResponse } from "../message/index.ts";
import { ChallengeAnswers } from "./challenge-answers.ts";
import type { CoreOutput, FailureId, RequestOwner } from "./output.ts";
import { requestUriOf, type BuiltRequest, type RequestFactory } from "./request-factory.ts";

/** One request outside a dialog that is neither INVITE nor REGISTER: OPTIONS, MESSAGE (RFC 3261 §11). */
export class Asking implements RequestOwner {
  readonly #factory: RequestFactory;
  readonly #method: string;
  readonly #uri: string;
  readonly #callId: string;
  readonly #fromTag: string;
  readonly #answers: ChallengeAnswers;
  #sequenceNumber = 0;

  constructor(method: string, uri: string, factory: RequestFactory) {
    this.#method = method;
    this.#uri = requestUriOf(uri);
    this.#factory = factory;
    this.#callId = factory.callId();
    this.#fromTag = factory.tag();
    this.#answers = new ChallengeAnswers(factory);
  }

  start(out: CoreOutput[]): void {
    this.#sequenceNumber += 1;
    const request = this.#factory.outside(
      this.#method,
      {
        requestUri: this.#uri,
        from: `<${this.#factory.options.aor}>;tag=${this.#fromTag}`,
        to: `<${this.#uri}>`,
        callId: this.#callId,
        sequenceNumber: this.#sequenceNumber,
      },
      this.#answers.headers,
    );
    out.push({ kind: "start", request, owner: this });
  }

  receiveResponse(
    request: BuiltRequest,
    response: SipResponse,
    nowMs: number,
    out: CoreOutput[],
  ): void {
    if (response.statusCode < 200) return;
    if (this.#answers.answer(response, this.#method, request.requestUri)) this.start(out);
    else out.push({ kind: "answered", atMs: nowMs, response });
  }

  requestFailed(
    _request: BuiltRequest,
    causeId: FailureId,
    nowMs: number,
    out: CoreOutput[],
  ): void {
    out.push({ kind: "unanswered", atMs: nowMs, causeId });
  }
}
