import { dialogOfUas } from "../dialog/index.ts";
import { Header, type SipRequest, type SipResponse } from "../message/index.ts";
import { buildAnswer, buildOffer, parseAudio } from "../sdp/index.ts";
import { T1_MS, T2_MS, TRANSACTION_LIFETIME_MS } from "../transaction/index.ts";
import { inspect } from "./inspection.ts";
import { ALLOWED_METHODS, type AnswerScript } from "./options.ts";
import type { CallCore, CallEnd, CoreOutput, FailureId, ReceivedRequest } from "./output.ts";
import type { BuiltRequest, HeaderLine, RequestFactory } from "./request-factory.ts";
import { refuse, responseText } from "./responses.ts";
import { Session } from "./session.ts";

const RING_AGAIN_MS = 60_000;

/** The callee's side of one call (RFC 3261 §13.3): plays its script, then is a session. */
export class IncomingCall implements CallCore {
  readonly callId: string;
  readonly #factory: RequestFactory;
  readonly #script: AnswerScript;
  readonly #invite: ReceivedRequest;
  readonly #session: Session;
  #state: "proceeding" | "answered" | "ended" = "proceeding";
  #hasAck = false;
  #ringAtMs = Infinity;
  #finalAtMs = Infinity;
  #hangUpAtMs = Infinity;
  /** The 2xx until its ACK, repeated on a doubling interval up to T2 (RFC 3261 §13.3.1.4). */
  #answerText = "";
  #repeatAtMs = Infinity;
  #repeatAfterMs = T1_MS;
  #giveUpAtMs = Infinity;

  constructor(invite: ReceivedRequest, script: AnswerScript, factory: RequestFactory) {
    this.#invite = invite;
    this.#script = script;
    this.#factory = factory;
    this.callId = invite.request.callId;
    this.#session = new Session(dialogOfUas(invite.request, factory.tag()), factory, {
      isTold: true,
    });
  }

  get isOver(): boolean {
    return this.#state === "ended" || this.#session.state === "ended";
  }

  get deadlineMs(): number {
    if (this.isOver) return Infinity;
    return Math.min(
      this.#ringAtMs,
      this.#finalAtMs,
      this.#hangUpAtMs,
      this.#repeatAtMs,
      this.#giveUpAtMs,
    );
  }

  /** Sends 100 and books what the script has next. */
  start(nowMs: number, out: CoreOutput[]): void {
    const { request } = this.#invite;
    out.push({ kind: "callArrived", atMs: nowMs, request });
    const unacceptable = inspect(request);
    if (unacceptable !== undefined) {
      this.#refuse(unacceptable.statusCode, nowMs, out, unacceptable.headers);
      return;
    }
    out.push({
      kind: "respond",
      to: this.#invite,
      statusCode: 100,
      text: responseText(request, 100, { toTag: undefined }),
    });
    const script = this.#script;
    switch (script.kind) {
      case "answer":
        this.#ringAtMs = nowMs + script.ringAfterMs;
        this.#finalAtMs = nowMs + script.answerAfterMs;
        break;
      case "ring-forever":
        this.#ringAtMs = nowMs + script.ringAfterMs;
        break;
      case "refuse":
        this.#finalAtMs = nowMs + script.afterMs;
        break;
      case "busy":
      case "decline":
      case "redirect":
        this.#finalAtMs = nowMs;
        break;
      case "silent-after-100":
      case "no-answer-at-all":
        break;
    }
    this.advance(nowMs, out);
  }

  advance(nowMs: number, out: CoreOutput[]): void {
    if (this.isOver) return;
    if (this.#ringAtMs <= nowMs) this.#ring(nowMs, out);
    if (this.#finalAtMs <= nowMs) this.#playFinal(nowMs, out);
    if (this.#giveUpAtMs <= nowMs) {
      this.#stopRepeating();
      // The dialog exists all the same, so it is ended properly (RFC 3261 §13.3.1.4).
      this.#session.hangUp(out, { how: "never-acknowledged" });
    }
    if (this.#repeatAtMs <= nowMs) this.#repeatAnswer(nowMs, out);
    if (this.#hangUpAtMs <= nowMs) this.hangUp(nowMs, out);
  }

  /** Before an answer, a refusal; after it, BYE. */
  hangUp(nowMs: number, out: CoreOutput[]): void {
    this.#hangUpAtMs = Infinity;
    if (this.#state === "proceeding") this.#refuse(603, nowMs, out, []);
    else if (this.#hasAck) this.#session.hangUp(out);
    // A callee sends no BYE before the ACK (RFC 3261 §15).
    else if (this.#giveUpAtMs !== Infinity) this.#hangUpAtMs = nowMs + T1_MS;
  }

  /** The caller's CANCEL: has an effect only while there is no final response (RFC 3261 §9.2). */
  receiveCancel(nowMs: number, out: CoreOutput[]): void {
    if (this.#state !== "proceeding") return;
    this.#respond(487, out, []);
    this.#end(nowMs, out, { how: "caller-cancelled" });
  }

  receiveAck(ack: SipRequest, nowMs: number, out: CoreOutput[]): void {
    if (this.#state !== "answered" || this.#hasAck) return;
    if (ack.cseq.sequenceNumber !== this.#invite.request.cseq.sequenceNumber) return;
    this.#hasAck = true;
    this.#stopRepeating();
    out.push({ kind: "callEstablished", atMs: nowMs, callId: this.callId });
  }

  owns(request: SipRequest): boolean {
    return this.#session.owns(request);
  }

  receiveRequest(received: ReceivedRequest, nowMs: number, out: CoreOutput[]): void {
    if (received.request.method === "BYE" && this.#state === "proceeding") {
      // The caller may end an early dialog so; its INVITE still wants an answer (RFC 3261 §15.1.2).
      refuse(received, 200, this.#session.dialog.id.localTag, out);
      this.receiveCancel(nowMs, out);
      return;
    }
    if (received.request.method === "INVITE" && this.#state === "proceeding") {
      // The first is not answered yet (RFC 3261 §14.2).
      const retryAfterSeconds = Math.floor(this.#factory.options.random.fraction() * 11);
      const headers = [["Retry-After", String(retryAfterSeconds)]] as const;
      refuse(received, 500, this.#session.dialog.id.localTag, out, headers);
      return;
    }
    if (received.request.method === "BYE") this.#stopRepeating();
    this.#session.receiveRequest(received, nowMs, out);
  }

  receiveResponse(
    request: BuiltRequest,
    response: SipResponse,
    nowMs: number,
    out: CoreOutput[],
  ): void {
    this.#session.receiveResponse(request, response, nowMs, out);
  }

  requestFailed(request: BuiltRequest, causeId: FailureId, nowMs: number, out: CoreOutput[]): void {
    this.#session.requestFailed(request, causeId, nowMs, out);
  }

  /** Again every minute, or a proxy may take us for dead and cancel (RFC 3261 §13.3.1.1). */
  #ring(nowMs: number, out: CoreOutput[]): void {
    const script = this.#script;
    const ringsOnce = script.kind === "ring-forever" && script.ringsOnce === true;
    this.#ringAtMs = ringsOnce ? Infinity : nowMs + RING_AGAIN_MS;
    this.#respond(180, out, [["Contact", this.#factory.contact]]);
  }

  #playFinal(nowMs: number, out: CoreOutput[]): void {
    this.#ringAtMs = Infinity;
    this.#finalAtMs = Infinity;
    const script = this.#script;
    switch (script.kind) {
      case "answer":
        return this.#answer(nowMs, script.hangUpAfterMs, out);
      case "busy":
        return this.#refuse(486, nowMs, out, []);
      case "decline":
        return this.#refuse(603, nowMs, out, []);
      case "refuse":
        return this.#refuse(script.statusCode, nowMs, out, []);
      case "redirect":
        return this.#refuse(302, nowMs, out, [["Contact", `<${script.contactUri}>`]]);
      case "ring-forever":
      case "silent-after-100":
      case "no-answer-at-all":
        return;
    }
  }

  #answer(nowMs: number, hangUpAfterMs: number | undefined, out: CoreOutput[]): void {
    const { request } = this.#invite;
    const { local, mediaPort, random } = this.#factory.options;
    const description = {
      address: local.address,
      port: mediaPort,
      sessionId: String(Math.floor(random.fraction() * 1e9)),
    };
    // An INVITE without an offer gets ours in the 2xx (RFC 3261 §13.2.1).
    const offer = parseAudio(request.text.slice(request.bodyOffset, request.bodyEnd));
    this.#answerText = responseText(request, 200, {
      toTag: this.#session.dialog.id.localTag,
      headers: [
        ...request.values(Header.RecordRoute).map((route): HeaderLine => ["Record-Route", route]),
        ["Contact", this.#factory.contact],
        ["Allow", ALLOWED_METHODS],
      ],
      body: offer === undefined ? buildOffer(description) : buildAnswer(offer, description),
      contentType: "application/sdp",
    });
    this.#state = "answered";
    this.#giveUpAtMs = nowMs + TRANSACTION_LIFETIME_MS;
    if (hangUpAfterMs !== undefined) this.#hangUpAtMs = nowMs + hangUpAfterMs;
    this.#repeatAnswer(nowMs, out);
  }

  /** Independent of the transport: a proxy on the way may use another (RFC 3261 §13.3.1.4, RFC 6026 §8.1). */
  #repeatAnswer(nowMs: number, out: CoreOutput[]): void {
    out.push({ kind: "respond", to: this.#invite, statusCode: 200, text: this.#answerText });
    this.#repeatAtMs = nowMs + this.#repeatAfterMs;
    this.#repeatAfterMs = Math.min(2 * this.#repeatAfterMs, T2_MS);
  }

  #stopRepeating(): void {
    this.#repeatAtMs = Infinity;
    this.#giveUpAtMs = Infinity;
    this.#answerText = "";
  }

  #refuse(
    statusCode: number,
    nowMs: number,
    out: CoreOutput[],
    headers: readonly HeaderLine[],
  ): void {
    this.#respond(statusCode, out, headers);
    this.#end(nowMs, out, { how: "refused-by-us", statusCode });
  }

  #respond(statusCode: number, out: CoreOutput[], headers: readonly HeaderLine[]): void {
    const { request } = this.#invite;
    const recorded =
      statusCode < 200
        ? request.values(Header.RecordRoute).map((route): HeaderLine => ["Record-Route", route])
        : [];
    const text = responseText(request, statusCode, {
      toTag: this.#session.dialog.id.localTag,
      headers: [...recorded, ...headers],
    });
    out.push({ kind: "respond", to: this.#invite, statusCode, text });
  }

  #end(nowMs: number, out: CoreOutput[], end: CallEnd): void {
    this.#state = "ended";
    out.push({ kind: "callEnded", atMs: nowMs, callId: this.callId, end });
  }
}
