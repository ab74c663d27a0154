import type { Dialog } from "../dialog/index.ts";
import type { SipRequest, SipResponse } from "../message/index.ts";
import { ChallengeAnswers } from "./challenge-answers.ts";
import type { CallEnd, CoreOutput, FailureId, ReceivedRequest, RequestOwner } from "./output.ts";
import type { BuiltRequest, RequestFactory } from "./request-factory.ts";
import { refuse } from "./responses.ts";

/** A confirmed dialog, until one side hangs up (RFC 3261 §15). The same on both sides of a call. */
export class Session implements RequestOwner {
  readonly dialog: Dialog;
  readonly #factory: RequestFactory;
  readonly #answers: ChallengeAnswers;
  /** What the end is told as; a session of a second fork branch ends without a word. */
  readonly #isTold: boolean;
  #endReason: CallEnd = { how: "hung-up", by: "us" };
  state: "established" | "hangingUp" | "ended" = "established";

  constructor(dialog: Dialog, factory: RequestFactory, options: { readonly isTold: boolean }) {
    this.dialog = dialog;
    this.#factory = factory;
    this.#answers = new ChallengeAnswers(factory);
    this.#isTold = options.isTold;
  }

  /** Sends BYE, once. `end` is what the call is then said to have ended by. */
  hangUp(out: CoreOutput[], end: CallEnd = { how: "hung-up", by: "us" }): void {
    if (this.state !== "established") return;
    this.state = "hangingUp";
    this.#endReason = end;
    this.#sendBye(out);
  }

  /** A request from the peer inside the dialog, ACK and CANCEL excepted. */
  receiveRequest(received: ReceivedRequest, nowMs: number, out: CoreOutput[]): void {
    const { request } = received;
    const { localTag } = this.dialog.id;
    if (!this.dialog.accepts(request)) return refuse(received, 500, localTag, out);
    switch (request.method) {
      case "BYE":
        refuse(received, 200, localTag, out);
        this.#end(nowMs, out, { how: "hung-up", by: "them" });
        return;
      case "OPTIONS":
        return refuse(received, 200, localTag, out);
      // Nothing of it is carried out (RFC 3261 §8.2), the session goes on as it was (RFC 3261 §14.2): we have one description and keep to it.
      case "INVITE":
        return refuse(received, 488, localTag, out);
      default:
        return refuse(received, 405, localTag, out);
    }
  }

  receiveResponse(
    request: BuiltRequest,
    response: SipResponse,
    nowMs: number,
    out: CoreOutput[],
  ): void {
    if (response.statusCode < 200) return;
    if (this.#answers.answer(response, "BYE", request.requestUri)) this.#sendBye(out);
    else this.#end(nowMs, out, this.#endReason);
  }

  /** Nobody answered the BYE: the session is over all the same (RFC 3261 §15.1.1). */
  requestFailed(
    _request: BuiltRequest,
    _causeId: FailureId,
    nowMs: number,
    out: CoreOutput[],
  ): void {
    this.#end(nowMs, out, this.#endReason);
  }

  owns(request: SipRequest): boolean {
    return this.dialog.owns(request);
  }

  #sendBye(out: CoreOutput[]): void {
    const request = this.#factory.inside("BYE", this.dialog.nextRequest(), this.#answers.headers);
    out.push({ kind: "start", request, owner: this });
  }

  #end(nowMs: number, out: CoreOutput[], end: CallEnd): void {
    if (this.state === "ended") return;
    this.state = "ended";
    if (!this.#isTold) return;
    out.push({ kind: "callEnded", atMs: nowMs, callId: this.dialog.id.callId, end });
  }
}
