import { assert } from "../base/assert.ts";
import { dialogOfUac, type Dialog } from "../dialog/index.ts";
import { buildCancel, parseMessage, type SipRequest, type SipResponse } from "../message/index.ts";
import { buildOffer } from "../sdp/index.ts";
import { clientTransactionKey, TRANSACTION_LIFETIME_MS } from "../transaction/index.ts";
import { ChallengeAnswers } from "./challenge-answers.ts";
import type { CallCore, CallEnd, CoreOutput, FailureId, ReceivedRequest } from "./output.ts";
import { requestUriOf, type BuiltRequest, type RequestFactory } from "./request-factory.ts";
import { refuse } from "./responses.ts";
import { Session } from "./session.ts";

/** The caller's side of one call (RFC 3261 §13.2): INVITE until a final response, then a session. */
export class OutgoingCall implements CallCore {
  readonly callId: string;
  readonly #factory: RequestFactory;
  readonly #uri: string;
  readonly #fromTag: string;
  readonly #answers: ChallengeAnswers;
  readonly #offer: string;
  #sequenceNumber = 0;
  #invite: BuiltRequest | undefined;
  #state: "calling" | "proceeding" | "cancelling" | "answered" | "ended" = "calling";
  /** Asked for before a provisional response: the CANCEL waits for one (RFC 3261 §9.1). */
  #isCancelWanted = false;
  #cancelledAtMs = Infinity;
  /** One for each 2xx that answered, the first being the call; the others were hung up (RFC 3261 §13.2.2.4). */
  readonly #sessions: Session[] = [];
  readonly #acks = new Map<string, BuiltRequest>();

  constructor(uri: string, factory: RequestFactory) {
    this.#uri = requestUriOf(uri);
    this.#factory = factory;
    this.#answers = new ChallengeAnswers(factory);
    this.callId = factory.callId();
    this.#fromTag = factory.tag();
    const { local, mediaPort, random } = factory.options;
    this.#offer = buildOffer({
      address: local.address,
      port: mediaPort,
      sessionId: String(Math.floor(random.fraction() * 1e9)),
    });
  }

  get isOver(): boolean {
    if (this.#sessions.some((session) => session.state !== "ended")) return false;
    return this.#state === "ended" || this.#state === "answered";
  }

  /** 64*T1 after our CANCEL an INVITE without a final response is given up (RFC 3261 §9.1). */
  get deadlineMs(): number {
    return this.#state === "cancelling" ? this.#cancelledAtMs + TRANSACTION_LIFETIME_MS : Infinity;
  }

  start(out: CoreOutput[]): void {
    this.#sendInvite(out);
  }

  cancel(nowMs: number, out: CoreOutput[]): void {
    this.#isCancelWanted = true;
    if (this.#state === "proceeding") this.#sendCancel(nowMs, out);
  }

  /** BYE once answered; before that, CANCEL. */
  hangUp(nowMs: number, out: CoreOutput[]): void {
    const session = this.#sessions[0];
    if (session === undefined) this.cancel(nowMs, out);
    else session.hangUp(out);
  }

  advance(nowMs: number, out: CoreOutput[]): void {
    if (this.deadlineMs > nowMs) return;
    if (this.#invite !== undefined) out.push({ kind: "abandon", request: this.#invite });
    this.#end(nowMs, out, { how: "cancelled", response: undefined });
  }

  receiveResponse(
    request: BuiltRequest,
    response: SipResponse,
    nowMs: number,
    out: CoreOutput[],
  ): void {
    // What is said to a CANCEL only means that it arrived (RFC 3261 §9.1).
    if (request.method !== "INVITE") return;
    const { statusCode } = response;
    if (statusCode < 200) this.#receiveProvisional(response, nowMs, out);
    else if (statusCode < 300) this.#receiveAnswer(request, response, nowMs, out);
    else this.#receiveRefusal(request, response, nowMs, out);
  }

  requestFailed(request: BuiltRequest, causeId: FailureId, nowMs: number, out: CoreOutput[]): void {
    if (request !== this.#invite) return;
    const isCancelled = this.#isCancelWanted;
    this.#end(
      nowMs,
      out,
      isCancelled ? { how: "cancelled", response: undefined } : { how: "failed", causeId },
    );
  }

  owns(request: SipRequest): boolean {
    if (request.callId !== this.callId || request.toTag !== this.#fromTag) return false;
    return this.#isInviting || this.#sessions.some((session) => session.owns(request));
  }

  receiveRequest(received: ReceivedRequest, nowMs: number, out: CoreOutput[]): void {
    const { request } = received;
    const session = this.#sessions.find((each) => each.owns(request));
    if (session !== undefined) session.receiveRequest(received, nowMs, out);
    // Our INVITE has no final response yet: theirs crosses it (RFC 3261 §14.2).
    else refuse(received, request.method === "INVITE" ? 491 : 481, this.#fromTag, out);
  }

  get #isInviting(): boolean {
    return this.#state !== "answered" && this.#state !== "ended";
  }

  receiveAck(): void {
    // A caller gets none: our re-INVITEs do not exist, and theirs are refused.
  }

  #sendInvite(out: CoreOutput[]): void {
    this.#sequenceNumber += 1;
    this.#state = "calling";
    this.#invite = this.#factory.outside(
      "INVITE",
      {
        requestUri: this.#uri,
        from: `<${this.#factory.options.aor}>;tag=${this.#fromTag}`,
        to: `<${this.#uri}>`,
        callId: this.callId,
        sequenceNumber: this.#sequenceNumber,
      },
      this.#answers.headers,
      this.#offer,
    );
    out.push({ kind: "start", request: this.#invite, owner: this });
  }

  #sendCancel(nowMs: number, out: CoreOutput[]): void {
    const invite = this.#invite;
    assert(invite !== undefined, "only an INVITE that was sent is cancelled");
    this.#state = "cancelling";
    this.#cancelledAtMs = nowMs;
    const request: BuiltRequest = {
      ...invite,
      method: "CANCEL",
      transactionKey: clientTransactionKey(invite.branchId, "CANCEL"),
      text: buildCancel(parsed(invite)),
    };
    out.push({ kind: "start", request, owner: this });
  }

  #receiveProvisional(response: SipResponse, nowMs: number, out: CoreOutput[]): void {
    if (this.#state === "calling") this.#state = "proceeding";
    out.push({ kind: "callProgress", atMs: nowMs, callId: this.callId, response });
    if (this.#state === "proceeding" && this.#isCancelWanted) this.#sendCancel(nowMs, out);
  }

  #receiveAnswer(
    request: BuiltRequest,
    response: SipResponse,
    nowMs: number,
    out: CoreOutput[],
  ): void {
    const tag = response.toTag ?? "";
    const sent = this.#acks.get(tag);
    if (sent !== undefined) {
      out.push({ kind: "sendAck", ack: sent, isRetransmission: true });
      return;
    }
    const dialog = dialogOfUac(parsed(request), response);
    const ack = this.#ackOf(dialog, response.cseq.sequenceNumber);
    this.#acks.set(tag, ack);
    out.push({ kind: "sendAck", ack, isRetransmission: false });
    const isFirst = this.#sessions.length === 0 && this.#state !== "ended";
    const session = new Session(dialog, this.#factory, { isTold: isFirst });
    this.#sessions.push(session);
    if (isFirst) {
      this.#state = "answered";
      out.push({ kind: "callEstablished", atMs: nowMs, callId: this.callId });
    }
    // The answer and our CANCEL crossed, or a second branch of a fork answered too: both are hung up.
    if (this.#isCancelWanted) session.hangUp(out, { how: "cancelled", response: undefined });
    else if (!isFirst) session.hangUp(out);
  }

  #receiveRefusal(
    request: BuiltRequest,
    response: SipResponse,
    nowMs: number,
    out: CoreOutput[],
  ): void {
    // What comes after the first final response is ignored (RFC 3261 §13.2.2.3).
    if (this.#state === "answered" || this.#state === "ended") return;
    if (this.#isCancelWanted) {
      this.#end(nowMs, out, { how: "cancelled", response });
    } else if (this.#answers.answer(response, "INVITE", request.requestUri)) {
      this.#sendInvite(out);
    } else {
      this.#end(nowMs, out, { how: "refused", response });
    }
  }

  /** The credentials of the INVITE go with its ACK (RFC 3261 §13.2.2.4, §22.1), and with no other call (§22.3). */
  #ackOf(dialog: Dialog, inviteSequenceNumber: number): BuiltRequest {
    return this.#factory.inside("ACK", dialog.ackFor(inviteSequenceNumber), this.#answers.headers);
  }

  #end(nowMs: number, out: CoreOutput[], end: CallEnd): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    out.push({ kind: "callEnded", atMs: nowMs, callId: this.callId, end });
  }
}

function parsed(request: BuiltRequest): SipRequest {
  const message = parseMessage(request.text);
  assert(message.kind === "request", "what we built reads as a request");
  return message;
}
