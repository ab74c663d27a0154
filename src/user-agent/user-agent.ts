import { assertNever } from "../base/assert.ts";
import type { SipMessage, SipRequest } from "../message/index.ts";
import { inviteKeyOf, serverTransactionKey } from "../transaction/index.ts";
import { Asking } from "./asking.ts";
import { IncomingCall } from "./incoming-call.ts";
import { inspect, statusForCallers } from "./inspection.ts";
import type { AnswerScript, UserAgentOptions } from "./options.ts";
import { OutgoingCall } from "./outgoing-call.ts";
import type { CallCore, CoreOutput, ReceivedRequest, UserAgentOutput } from "./output.ts";
import { Registering } from "./registering.ts";
import { RequestFactory, type HeaderLine } from "./request-factory.ts";
import { refuse } from "./responses.ts";
import { summaryOf } from "./summary.ts";
import { ladderLine, receivedLine, Transactions, type Upward } from "./transactions.ts";

/** Methods that are known and not for us: 405; anything else is 501 (RFC 3261 §8.2.1, §21.5.2). */
const otherMethods = new Set([
  "REGISTER",
  "MESSAGE",
  "INFO",
  "UPDATE",
  "PRACK",
  "SUBSCRIBE",
  "NOTIFY",
  "PUBLISH",
  "REFER",
]);

/**
 * A telephone without a voice: UAC and UAS cores on top of the transactions (RFC 3261 §8, §10.2, §13). Holds no
 * socket, timer or clock: inputs carry the time, outputs are pushed on `out`, and whoever drives it calls `advance`
 * no later than `deadlineMs`. At most a few calls at a time: it is made for tests, demonstrations and `nexthop call`.
 */
export class UserAgent {
  /** How calls that arrive from now on are treated. */
  answer: AnswerScript;
  readonly #factory: RequestFactory;
  readonly #transactions: Transactions;
  readonly #registering: Registering;
  readonly #calls = new Set<CallCore>();
  /** Which call an INVITE belongs to, for its CANCEL. */
  readonly #byInvite = new Map<string, IncomingCall>();

  constructor(options: UserAgentOptions, answer: AnswerScript) {
    this.answer = answer;
    this.#factory = new RequestFactory(options);
    this.#transactions = new Transactions({
      reliable: options.local.transport !== "udp",
      sentBy: this.#factory.sentBy,
    });
    this.#registering = new Registering(this.#factory);
  }

  /** The Contact that it registers and is called by. */
  get contact(): string {
    return this.#factory.contact;
  }

  /** Transactions that have not ended; 0 when nothing is left of the past. */
  get transactionCount(): number {
    return this.#transactions.size;
  }

  get callCount(): number {
    return this.#calls.size;
  }

  /** When `advance` is due; `Infinity` when nothing is pending. */
  get deadlineMs(): number {
    let deadlineMs = this.#transactions.deadlineMs;
    for (const call of this.#calls) deadlineMs = Math.min(deadlineMs, call.deadlineMs);
    return deadlineMs;
  }

  advance(nowMs: number, out: UserAgentOutput[]): void {
    const up: Upward = { out, core: [] };
    // What fires may book the same moment again (a script of 0 ms): until nothing is due.
    while (this.deadlineMs <= nowMs) {
      this.#transactions.advance(nowMs, up);
      for (const call of this.#calls) if (call.deadlineMs <= nowMs) call.advance(nowMs, up.core);
      this.#carryOut(nowMs, up);
    }
  }

  /** Ends with `registered` or `registrationFailed`. 0 seconds removes the binding. */
  register(expiresSeconds: number, nowMs: number, out: UserAgentOutput[]): void {
    const up: Upward = { out, core: [] };
    this.#registering.start(expiresSeconds, up.core);
    this.#carryOut(nowMs, up);
  }

  /**
   * Calls that URI. Ends with `callEnded`, whatever happens, if hung up at some time: ringing has no limit here.
   *
   * @returns its Call-ID
   */
  call(uri: string, nowMs: number, out: UserAgentOutput[]): string {
    const up: Upward = { out, core: [] };
    const call = new OutgoingCall(uri, this.#factory);
    this.#calls.add(call);
    call.start(up.core);
    this.#carryOut(nowMs, up);
    return call.callId;
  }

  /** CANCEL or 603 before the answer, BYE after it; nothing for a call that is over. */
  hangUp(callId: string, nowMs: number, out: UserAgentOutput[]): void {
    const up: Upward = { out, core: [] };
    for (const call of this.#calls) if (call.callId === callId) call.hangUp(nowMs, up.core);
    this.#carryOut(nowMs, up);
  }

  /** Sends one request outside a dialog. Ends with `answered` or `unanswered`. */
  ask(method: "OPTIONS" | "MESSAGE", uri: string, nowMs: number, out: UserAgentOutput[]): void {
    const up: Upward = { out, core: [] };
    new Asking(method, uri, this.#factory).start(up.core);
    this.#carryOut(nowMs, up);
  }

  /** `flowId` is the driver's name for the way it came; responses go back by it. */
  receive(message: SipMessage, flowId: number, nowMs: number, out: UserAgentOutput[]): void {
    const up: Upward = { out, core: [] };
    if (message.kind === "response") {
      out.push(receivedLine(message, false, nowMs));
      this.#transactions.receiveResponse(message, nowMs, up);
    } else {
      this.#receiveRequest(message, flowId, nowMs, up);
    }
    this.#carryOut(nowMs, up);
  }

  /** A request given to `sendRequest` will not arrive. */
  transportFailed(transactionKey: string, nowMs: number, out: UserAgentOutput[]): void {
    const up: Upward = { out, core: [] };
    this.#transactions.transportFailed(transactionKey, nowMs, up);
    this.#carryOut(nowMs, up);
  }

  #receiveRequest(request: SipRequest, flowId: number, nowMs: number, up: Upward): void {
    const transactionKey = serverTransactionKey(request);
    const known = this.#transactions.server(transactionKey);
    const isRetransmission = known !== undefined && request.method !== "ACK";
    up.out.push(receivedLine(request, isRetransmission, nowMs));
    if (this.answer.kind === "no-answer-at-all") return;
    if (request.method === "ACK") {
      const isForCall = known === undefined || !this.#transactions.receiveAck(known, nowMs, up);
      if (isForCall) this.#callOwning(request)?.receiveAck(request, nowMs, up.core);
      return;
    }
    if (known !== undefined) {
      this.#transactions.receiveRetransmission(known, nowMs, up);
      return;
    }
    const isMerged = request.toTag === undefined && this.#transactions.hasMerged(request);
    const received = this.#transactions.startServer(request, transactionKey, flowId, nowMs);
    if (request.method === "CANCEL") this.#receiveCancel(received, nowMs, up);
    else if (isMerged) refuse(received, 482, this.#factory.tag(), up.core);
    else if (request.toTag !== undefined) this.#receiveInDialog(received, nowMs, up.core);
    else if (request.method === "INVITE") {
      const call = new IncomingCall(received, this.answer, this.#factory);
      this.#calls.add(call);
      this.#byInvite.set(transactionKey, call);
      call.start(nowMs, up.core);
    } else this.#receiveOutsideDialog(received, up.core);
  }

  #receiveInDialog(received: ReceivedRequest, nowMs: number, out: CoreOutput[]): void {
    const { request } = received;
    const call = this.#callOwning(request);
    const unacceptable = inspect(request);
    if (call === undefined) refuse(received, 481, this.#factory.tag(), out);
    else if (unacceptable === undefined) call.receiveRequest(received, nowMs, out);
    else {
      const { statusCode, headers } = unacceptable;
      refuse(received, statusCode, request.toTag ?? "", out, headers);
    }
  }

  /** The method comes first, then what else is asked for (RFC 3261 §8.2). */
  #receiveOutsideDialog(received: ReceivedRequest, out: CoreOutput[]): void {
    const { request } = received;
    const toTag = this.#factory.tag();
    const unacceptable = request.method === "OPTIONS" ? inspect(request) : undefined;
    if (unacceptable !== undefined) {
      refuse(received, unacceptable.statusCode, toTag, out, unacceptable.headers);
      return;
    }
    const script = this.answer;
    const headers: readonly HeaderLine[] =
      request.method === "OPTIONS" && script.kind === "redirect"
        ? [["Contact", `<${script.contactUri}>`]]
        : [];
    refuse(received, statusOutsideDialog(request.method, script), toTag, out, headers);
  }

  /** RFC 3261 §9.2: 200 for the CANCEL of an INVITE we know, whether or not it comes in time. */
  #receiveCancel(
    received: { readonly request: SipRequest; readonly transactionKey: string },
    nowMs: number,
    up: Upward,
  ): void {
    const inviteKey = inviteKeyOf(received.request);
    const isKnown = this.#transactions.server(inviteKey) !== undefined;
    refuse(received, isKnown ? 200 : 481, this.#factory.tag(), up.core);
    if (isKnown) this.#byInvite.get(inviteKey)?.receiveCancel(nowMs, up.core);
  }

  #callOwning(request: SipRequest): CallCore | undefined {
    for (const call of this.#calls) if (call.owns(request)) return call;
    return undefined;
  }

  /** Does what its parts ask for, and what follows from that, until nothing is left. */
  #carryOut(nowMs: number, up: Upward): void {
    for (let output = up.core.shift(); output !== undefined; output = up.core.shift()) {
      this.#carryOutOne(output, nowMs, up);
    }
    for (const call of this.#calls) {
      if (call.isOver) this.#calls.delete(call);
    }
    for (const [key, call] of this.#byInvite) {
      if (call.isOver && !this.#calls.has(call)) this.#byInvite.delete(key);
    }
  }

  #carryOutOne(output: CoreOutput, nowMs: number, up: Upward): void {
    switch (output.kind) {
      case "start":
        this.#transactions.startClient(output.request, output.owner, nowMs, up);
        return;
      case "sendAck": {
        const { text, nextHop } = output.ack;
        up.out.push({ kind: "sendRequest", text, nextHop, transactionKey: undefined });
        up.out.push(ladderLine("out", text, summaryOf(text), output.isRetransmission, nowMs));
        return;
      }
      case "respond":
        this.#transactions.respond(output.to, output.statusCode, output.text, nowMs, up);
        return;
      case "abandon":
        this.#transactions.abandon(output.request);
        return;
      case "registered":
      case "registrationFailed":
      case "callArrived":
      case "callProgress":
      case "callEstablished":
      case "callEnded":
      case "answered":
      case "unanswered":
        up.out.push(output);
        return;
      default:
        assertNever(output);
    }
  }
}

function statusOutsideDialog(method: string, script: AnswerScript): number {
  if (method === "OPTIONS") return statusForCallers(script);
  if (method === "BYE") return 481;
  return otherMethods.has(method) ? 405 : 501;
}
