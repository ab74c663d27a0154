// Hot path: once for each message.
import { sipHash } from "../base/siphash.ts";
import type { Cause } from "../causes/index.ts";
import { because } from "../causes/index.ts";
import {
  buildResponse,
  DEFAULT_FRAMER_LIMITS,
  Header,
  malformedFraming,
  OK,
  parseMessage,
  reasonPhraseOf,
  type Malformed,
  type SipRequest,
  type SipResponse,
} from "../message/index.ts";
import { branchMark, localTagOf, preprocessRoute } from "../proxy/index.ts";
import { registrarDomainOf } from "../registrar/index.ts";
import type { TraceRecord } from "../trace/index.ts";
import { clientTransactionKey, inviteKeyOf, serverTransactionKey } from "../transaction/index.ts";
import type { Flow, TransportEvents } from "../transport/index.ts";
import { AckDriver } from "./ack-driver.ts";
import type { ServerCounters } from "./counters.ts";
import { EarlyMessages } from "./early-messages.ts";
import { GatewayProbes } from "./gateway-probes.ts";
import { heldBy, type HeldState } from "./held-state.ts";
import { malformedRecord } from "./malformed-record.ts";
import type { Parts } from "./parts.ts";
import { PendingRequest } from "./pending-request.ts";
import { OutgoingFlows } from "./outgoing-flows.ts";
import { peerOf } from "./peer.ts";
import { ProxyDriver } from "./proxy-driver.ts";
import { responseFlow } from "./response-flow.ts";
import { ResponseReturns } from "./response-returns.ts";
import { RegistrarDriver } from "./registrar-driver.ts";
import type { ClientEntry, ServerEntry } from "./transaction-entries.ts";
import { TransactionDriver, type TransactionUser } from "./transaction-driver.ts";

/** What is refused without a transaction, malformed or too much, is kept as a case so often a second; else counted. */
const STATELESS_CASES_PER_SECOND = 10;

const RETRY_LATER = [["Retry-After", "5"]] as const;
const NO_HEADERS = [] as const;

const CR = 13;
const LF = 10;

/**
 * Where every message goes: to its transaction, and if it has none to the registrar, the proxy core, or back with an
 * answer. A new request gets a server transaction, whatever its method (RFC 3261 §16.1, §16.2).
 */
export class Dispatcher implements TransportEvents, TransactionUser {
  readonly transactions: TransactionDriver;
  readonly proxy: ProxyDriver;
  readonly registrar: RegistrarDriver;
  readonly probes: GatewayProbes;
  readonly #acks: AckDriver;
  readonly #outgoing: OutgoingFlows;
  readonly #parts: Parts;
  readonly #counters: ServerCounters;
  /** Called after each input: the server books its timer. */
  readonly #settled: () => void;
  readonly #branchMark: string;
  readonly #early = new EarlyMessages();
  #isDraining = false;
  #keptSecond = 0;
  #keptCount = 0;

  constructor(parts: Parts, counters: ServerCounters, settled: () => void) {
    this.#parts = parts;
    this.#counters = counters;
    this.#settled = settled;
    this.#branchMark = branchMark(parts.proxyOptions.instanceId);
    const { transport, resolver, proxyOptions } = parts;
    const returns = new ResponseReturns(transport, resolver, proxyOptions.random);
    this.transactions = new TransactionDriver(transport, returns, this, parts.proxyOptions.random);
    const outgoing = new OutgoingFlows(parts.transport);
    this.#outgoing = outgoing;
    this.proxy = new ProxyDriver(parts, this.transactions, outgoing, settled);
    this.registrar = new RegistrarDriver(parts, this.transactions, settled);
    const changed = parts.gatewayChanged;
    this.probes = new GatewayProbes(parts, this.transactions, { changed, settled });
    this.#acks = new AckDriver(parts, outgoing, this.transactions.deadlines, settled);
  }

  /** From here on new requests outside a dialog get 503; what runs goes on. */
  drain(): void {
    this.#isDraining = true;
  }

  /** What still waits is ended, each with its answer: nobody shall wait for a server that is gone. */
  stop(nowMs: number): void {
    this.probes.stop();
    for (const entry of this.#entries()) {
      if (entry.running !== undefined) this.proxy.stop(entry.running, nowMs);
    }
  }

  /** Requests that wait for something, oldest first. */
  pending(): TraceRecord[] {
    const records: TraceRecord[] = [];
    for (const entry of this.#entries()) {
      const record = entry.running === undefined ? undefined : this.proxy.snapshot(entry.running);
      if (record !== undefined) records.push(record);
    }
    for (const running of this.registrar.running.values()) {
      records.push(this.registrar.snapshot(running));
    }
    return records.toSorted((one, other) => one.startedAtMs - other.startedAtMs);
  }

  /** Everything that may have a request running. */
  *#entries(): Iterable<ServerEntry> {
    yield* this.transactions.servers.values();
    yield* this.transactions.outlived;
  }

  held(): HeldState {
    const { transactions, registrar, proxy, probes } = this;
    return heldBy(transactions, registrar, { askers: [proxy, this.#acks], probes }, this.#outgoing);
  }

  datagram(text: string, flow: Flow): void {
    // Keep-alives of RFC 5626 §3.5.1 and empty datagrams open with no letter and mean nothing here.
    const first = text.length === 0 ? 0 : text.charCodeAt(0);
    if (first === CR || first === LF || first === 0) {
      this.#counters.keepAlives += 1;
      return;
    }
    this.message(text, flow);
  }

  /** Every listener is bound, and its address known as ours. */
  opened(): void {
    for (const { text, flow } of this.#early.release()) this.message(text, flow);
  }

  message(text: string, flow: Flow): void {
    if (this.#early.holds(text, flow)) return;
    const nowMs = this.#parts.nowMs();
    try {
      this.#receive(text, flow, nowMs);
    } catch (error) {
      this.#fault("message", error);
    }
    this.#settled();
  }

  unframable(text: string, flow: Flow): void {
    const nowMs = this.#parts.nowMs();
    this.#counters.malformed += 1;
    const source = { address: flow.remoteAddress, port: flow.remotePort };
    try {
      const fault = malformedFraming(text, DEFAULT_FRAMER_LIMITS, source);
      this.#answerMalformed(fault, text, flow, nowMs);
    } catch (error) {
      this.#fault("stream", error);
    }
  }

  sendFailed(flow: Flow, token: number, detail: string): void {
    this.#counters.sendFailures += 1;
    try {
      if (token !== 0) this.transactions.sendFailed(flow, token, detail, this.#parts.nowMs());
    } catch (error) {
      this.#fault("send", error);
    }
    this.#settled();
  }

  closed(flow: Flow): void {
    try {
      this.transactions.connectionClosed(flow, this.#parts.nowMs());
    } catch (error) {
      this.#fault("connection", error);
    }
    this.#settled();
  }

  /** A bug of ours ends this one input; the server goes on. */
  #fault(where: string, error: unknown): void {
    this.#counters.faults += 1;
    this.#parts.fault(where, error);
  }

  received(entry: ClientEntry, response: SipResponse, nowMs: number): void {
    if (entry.branch === undefined && this.probes.received(entry, response, nowMs)) return;
    this.proxy.received(entry, response, nowMs);
  }

  failed(
    entry: ClientEntry,
    causeId: "branch-timed-out" | "next-hop-unreachable",
    detail: string,
    nowMs: number,
  ): void {
    if (entry.branch === undefined && this.probes.failed(entry, causeId, nowMs)) return;
    this.proxy.failed(entry, causeId, detail, nowMs);
  }

  provisionalDue(entry: ServerEntry, nowMs: number): void {
    if (entry.running !== undefined) this.proxy.provisionalDue(entry.running, nowMs);
    const registration = this.registrar.running.get(entry);
    if (registration !== undefined) this.registrar.provisionalDue(registration, nowMs);
  }

  ackPassedUp(entry: ServerEntry, request: SipRequest, nowMs: number): void {
    this.#acks.relay(request, entry.flow, nowMs);
  }

  dropped(entry: ServerEntry, rfc: string, nowMs: number): void {
    this.#counters.responsesDropped += 1;
    entry.running?.parts?.pending.trace.add("response-dropped", nowMs, 0, 0, rfc);
  }

  retransmitted(entry: ServerEntry | ClientEntry, what: string, nowMs: number): void {
    this.#counters.retransmissions += 1;
    const trace = entry.running?.parts?.pending.trace;
    if (trace === undefined) return;
    const isBranch = "branch" in entry;
    const branch = isBranch ? (entry.branch?.number ?? 0) : 0;
    trace.add("retransmitted", nowMs, branch, what, isBranch ? entry.sentCount : 1);
  }

  #receive(text: string, flow: Flow, nowMs: number): void {
    const parsed = parseMessage(text, { address: flow.remoteAddress, port: flow.remotePort });
    switch (parsed.kind) {
      case "request":
        this.#counters.requests += 1;
        this.#request(parsed, flow, nowMs);
        return;
      case "response":
        this.#counters.responses += 1;
        // RFC 6026 §6, §7.3, §8.2, §8.9: a response that matches nothing goes nowhere.
        if (!this.transactions.receiveResponse(parsed, nowMs)) this.#counters.strayResponses += 1;
        return;
      case "malformed":
        this.#counters.malformed += 1;
        this.#answerMalformed(parsed, text, flow, nowMs);
        return;
    }
  }

  #request(request: SipRequest, flow: Flow, nowMs: number): void {
    const key = serverTransactionKey(request, flow.transport);
    const entry = this.transactions.server(key, nowMs);
    if (request.method === "ACK") this.#ack(request, entry, flow, nowMs);
    else if (entry !== undefined) this.transactions.receiveRetransmission(entry, flow, nowMs);
    else if (this.#repeats(request, key, flow, nowMs)) this.#counters.retransmissions += 1;
    else if (request.method === "CANCEL") this.#cancel(request, key, flow, nowMs);
    else this.#begin(request, key, flow, nowMs);
  }

  #repeats(request: SipRequest, key: string, flow: Flow, nowMs: number): boolean {
    if (this.transactions.ended.size === 0) return false;
    return this.transactions.answerEnded(key, responseFlow(this.#parts, request, flow), nowMs);
  }

  #ack(ack: SipRequest, entry: ServerEntry | undefined, flow: Flow, nowMs: number): void {
    if (entry !== undefined) {
      this.transactions.receiveAck(entry, ack, nowMs);
      return;
    }
    // No challenge for an ACK either (RFC 3261 §22.1). Our own tag: it acknowledges a refusal that we gave without a transaction, or one that is forgotten.
    if (ack.toTag === localTagOf(ack, this.#parts.proxyOptions.tokenKey)) return;
    this.#acks.relay(ack, flow, nowMs);
  }

  /** RFC 3261 §9.2 and §16.10; never challenged (§22.1). */
  #cancel(cancel: SipRequest, key: string, flow: Flow, nowMs: number): void {
    const inviteKey = inviteKeyOf(cancel, flow.transport);
    const invite = this.transactions.server(inviteKey, nowMs);
    const toTag = localTagOf(cancel, this.#parts.proxyOptions.tokenKey);
    if (invite !== undefined || this.transactions.ended.find(inviteKey, nowMs) !== undefined) {
      const entry = this.#open(key, cancel, flow, nowMs);
      const text = buildResponse(cancel, OK, { toTag });
      this.transactions.respond(entry, 200, text, nowMs);
      const running = invite?.running;
      if (running !== undefined) this.proxy.cancel(running, cancel, text, peerOf(flow), nowMs);
      return;
    }
    // Deviation: RFC 3261 §16.10 has a CANCEL that matches nothing passed on. Every INVITE of ours has a
    // transaction, so this one is for nobody; saying so ends it, relaying it would open a way through us.
    const cause = because("transaction-unknown", 481, { callId: cancel.callId });
    if (this.transactions.serverCount >= this.#parts.limits.transactions) {
      this.#refuseStateless(cancel, cause, flow, nowMs);
      return;
    }
    const entry = this.#open(key, cancel, flow, nowMs);
    const pending = new PendingRequest(cancel, peerOf(flow), nowMs);
    pending.trace.refuse(cause, nowMs);
    const text = buildResponse(cancel, cause, { toTag });
    this.transactions.respond(entry, 481, text, nowMs);
    this.#conclude(pending, cause, text, nowMs);
  }

  #begin(request: SipRequest, key: string, flow: Flow, nowMs: number): void {
    const refusal = this.#overload(request);
    if (refusal !== undefined) {
      this.#refuseStateless(request, refusal, flow, nowMs);
      return;
    }
    const entry = this.#open(key, request, flow, nowMs);
    if (request.method === "REGISTER") {
      const domain = this.#registrarDomainOf(request);
      if (domain !== undefined) {
        this.registrar.begin(request, domain, entry, flow, nowMs);
        return;
      }
    }
    const isSpiral = request.text.includes(this.#branchMark) && this.#spirals(request);
    this.proxy.begin(request, isSpiral, entry, flow, nowMs);
  }

  #open(key: string, request: SipRequest, flow: Flow, nowMs: number): ServerEntry {
    return this.transactions.openServer(
      key,
      request,
      responseFlow(this.#parts, request, flow),
      nowMs,
    );
  }

  /** A phone that has us as its outbound proxy sends its REGISTERs with our Route; they are at their end here. */
  #registrarDomainOf(request: SipRequest): string | undefined {
    if (request.header(Header.Route) !== undefined) {
      const routing = preprocessRoute(request, this.#parts.proxyOptions);
      if ("kind" in routing || routing.routes.length > 0) return undefined;
    }
    return registrarDomainOf(request, this.#servesDomain);
  }

  readonly #servesDomain = (domain: string): boolean =>
    this.#parts.proxyOptions.domains.includes(domain);

  /** A Via of ours whose client transaction is still there, for this same request. */
  #spirals(request: SipRequest): boolean {
    const vias = request.vias();
    if ("kind" in vias) return false;
    for (const { branchId } of vias) {
      if (branchId === undefined || !branchId.startsWith(this.#branchMark)) continue;
      const client = this.transactions.clients.get(clientTransactionKey(branchId, request.method));
      const original = client?.running?.parts?.pending.request;
      if (
        original?.callId === request.callId &&
        original.fromTag === request.fromTag &&
        original.cseq.sequenceNumber === request.cseq.sequenceNumber
      ) {
        return true;
      }
    }
    return false;
  }

  #overload(request: SipRequest): Cause | undefined {
    const { transactions } = this.#parts.limits;
    if (this.transactions.serverCount >= transactions) {
      return because("overloaded", 503, { limit: "transactions", limitValue: transactions });
    }
    // Who is in a call may still end it.
    if (this.#isDraining && request.toTag === undefined) return because("shutting-down", 503, {});
    return undefined;
  }

  /** RFC 3261 §8.2.7: no transaction, no memory; a repeated request gets the same answer. */
  #refuseStateless(request: SipRequest, cause: Cause, flow: Flow, nowMs: number): void {
    this.#counters.refusedStateless += 1;
    const toTag = localTagOf(request, this.#parts.proxyOptions.tokenKey);
    const headers = cause.statusCode === 503 ? RETRY_LATER : NO_HEADERS;
    const text = buildResponse(request, cause, { toTag, headers });
    this.#parts.transport.send(responseFlow(this.#parts, request, flow), text, 0);
    if (!this.#mayKeep(nowMs)) return;
    const pending = new PendingRequest(request, peerOf(flow), nowMs);
    pending.trace.refuse(cause, nowMs);
    this.#conclude(pending, cause, text, nowMs);
  }

  #answerMalformed(fault: Malformed, text: string, flow: Flow, nowMs: number): void {
    const { answerable } = fault;
    if (answerable !== undefined) {
      const response = buildResponse(answerable, fault.cause, { toTag: this.#tagOf(text) });
      this.#parts.transport.send(responseFlow(this.#parts, answerable, flow), response, 0);
    }
    if (fault.of === "unknown" || !this.#mayKeep(nowMs)) return;
    this.#parts.cases.keep(malformedRecord(fault, text, peerOf(flow), nowMs));
  }

  #mayKeep(nowMs: number): boolean {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#keptSecond) {
      this.#keptSecond = second;
      this.#keptCount = 0;
    }
    this.#keptCount += 1;
    return this.#keptCount <= STATELESS_CASES_PER_SECOND;
  }

  #tagOf(text: string): string {
    return sipHash(this.#parts.proxyOptions.tokenKey, text);
  }

  #conclude(pending: PendingRequest, cause: Cause, text: string, nowMs: number): void {
    const { statusCode } = cause;
    pending.trace.add("response-sent", nowMs, statusCode, reasonPhraseOf(statusCode), "own", 0);
    pending.note(nowMs, "out", 0, pending.peer, text);
    pending.concluded(statusCode, cause);
    this.#parts.cases.keep(pending.toRecord(nowMs));
  }
}
