// Hot path: each message passes here once or twice.
import { assert } from "../base/assert.ts";
import { flat } from "../base/flat.ts";
import type { Random } from "../base/random.ts";
import type { SipRequest, SipResponse } from "../message/index.ts";
import { relayedEdit, type ClientBranch } from "../proxy/index.ts";
import {
  clientTransactionKey,
  InviteClientTransaction,
  InviteServerTransaction,
  NonInviteClientTransaction,
  NonInviteServerTransaction,
  TRANSACTION_LIFETIME_MS,
  type TransactionOutput,
} from "../transaction/index.ts";
import type { Flow, TransportLayer } from "../transport/index.ts";
import { sentByHop } from "../routing/index.ts";
import { Deadlines, onGrid } from "./deadlines.ts";
import { EndedTransactions } from "./ended-transactions.ts";
import type { ResponseReturns } from "./response-returns.ts";
import type { RunningRequest } from "./running-request.ts";
import { isSentByUs } from "./sent-by-us.ts";
import { ClientEntry, ServerEntry } from "./transaction-entries.ts";

const SIP_PORT = 5060;

/** It began to linger with this very input: it has all of its time before it. */
function hasJustBegunToLinger({ machine }: ServerEntry | ClientEntry, nowMs: number): boolean {
  return machine.isLingering && machine.deadlineMs === nowMs + TRANSACTION_LIFETIME_MS;
}

/** It lingers still, and only because the next turn of the grid has not come. */
function hasLapsed({ machine }: ServerEntry | ClientEntry, nowMs: number): boolean {
  return machine.isLingering && machine.deadlineMs <= nowMs;
}

/** What the transaction layer tells the user of a transaction. */
export interface TransactionUser {
  /** A response that its branch has not seen yet, or a further 2xx. */
  received(entry: ClientEntry, response: SipResponse, nowMs: number): void;
  failed(
    entry: ClientEntry,
    causeId: "branch-timed-out" | "next-hop-unreachable",
    detail: string,
    nowMs: number,
  ): void;
  /** RFC 4320 §4.1: a non-INVITE request has waited long enough for its 100. */
  provisionalDue(entry: ServerEntry, nowMs: number): void;
  /** The ACK of a 2xx that matched (RFC 2543 clients only). */
  ackPassedUp(entry: ServerEntry, request: SipRequest, nowMs: number): void;
  /** A response that came too late to be sent (RFC 4320 §4.2). */
  dropped(entry: ServerEntry, rfc: string, nowMs: number): void;
  retransmitted(entry: ServerEntry | ClientEntry, what: string, nowMs: number): void;
}

/**
 * Both tables of transactions, their timers, and the only place where their outputs become sends.
 *
 * One input, drain its outputs, book its deadline.
 */
export class TransactionDriver {
  readonly deadlines = new Deadlines();
  readonly servers = new Map<string, ServerEntry>();
  readonly clients = new Map<string, ClientEntry>();
  /** Server transactions that only answer repeated requests any more, or absorb them. */
  readonly ended: EndedTransactions;
  /** INVITE client transactions that only pass on what comes late, by the way that their 2xx went. */
  readonly endedClients: EndedTransactions;
  /** Those that are in no table any more before the request of their user has ended: it still runs. */
  readonly outlived = new Set<ServerEntry>();
  readonly #transport: TransportLayer;
  readonly #user: TransactionUser;
  readonly #returns: ResponseReturns;
  /** Client transactions that still wait for their first response, by the token that the transport knows. */
  readonly #waiting: (ClientEntry | undefined)[] = [undefined];
  readonly #freeTokens: number[] = [];
  /** Connections with client transactions that would not survive their end. */
  readonly #onConnection = new Map<Flow, Set<ClientEntry>>();
  /** Connections that ended while somebody may still hold on to them. */
  readonly #closed = new WeakSet<Flow>();
  /** One array for all drains: an input is drained to its end before the next. */
  #spare: TransactionOutput[] | undefined = [];

  constructor(
    transport: TransportLayer,
    returns: ResponseReturns,
    user: TransactionUser,
    random: Random,
  ) {
    this.#transport = transport;
    this.#returns = returns;
    this.#user = user;
    const seeds = random.hex128();
    const { deadlines } = this;
    this.ended = new EndedTransactions(deadlines, TRANSACTION_LIFETIME_MS, seeds.slice(0, 16));
    this.endedClients = new EndedTransactions(deadlines, TRANSACTION_LIFETIME_MS, seeds.slice(16));
  }

  /** Server transactions of every state. */
  get serverCount(): number {
    return this.servers.size + this.ended.size;
  }

  /** Client transactions whose failure to be sent somebody waits for. For leak checks. */
  get awaitedCount(): number {
    return this.#waiting.length - 1 - this.#freeTokens.length;
  }

  /** The server transaction of that key, unless its time is over. */
  server(key: string, nowMs: number): ServerEntry | undefined {
    const entry = this.servers.get(key);
    if (entry === undefined || !hasLapsed(entry, nowMs)) return entry;
    this.advanceServer(entry, nowMs);
    return undefined;
  }

  openServer(key: string, request: SipRequest, flow: Flow, nowMs: number): ServerEntry {
    const options = { reliable: flow.isReliable };
    const machine =
      request.method === "INVITE"
        ? new InviteServerTransaction(options)
        : new NonInviteServerTransaction(options);
    const via = request.topVia;
    const sentBy =
      flow.isReliable && via.host !== flow.remoteAddress
        ? sentByHop(via, flow.transport)
        : undefined;
    const entry = new ServerEntry(key, machine, flow, via.port ?? SIP_PORT, sentBy, this);
    this.servers.set(key, entry);
    const out = this.#take();
    machine.start(nowMs, out);
    this.#drainServer(entry, out, nowMs, undefined);
    return entry;
  }

  respond(entry: ServerEntry, statusCode: number, text: string, nowMs: number): void {
    const out = this.#take();
    entry.machine.respond(statusCode, flat(text), nowMs, out);
    this.#drainServer(entry, out, nowMs, undefined);
  }

  /** `flow` is the one that the request came on again. */
  receiveRetransmission(entry: ServerEntry, flow: Flow, nowMs: number): void {
    // Its client lost the connection and opened another: that is where it listens now.
    if (flow.isReliable && this.#closed.has(entry.flow)) entry.flow = flow;
    const out = this.#take();
    entry.machine.receiveRetransmission(nowMs, out);
    this.#drainServer(entry, out, nowMs, "request");
  }

  /** @returns whether the request repeats one that was answered: it got the same answer, on the flow given */
  answerEnded(key: string, flow: Flow, nowMs: number): boolean {
    const text = this.ended.find(key, nowMs);
    if (text === undefined) return false;
    if (text !== "") this.#transport.send(flow, text, 0);
    return true;
  }

  receiveAck(entry: ServerEntry, ack: SipRequest, nowMs: number): void {
    const { machine } = entry;
    if (!(machine instanceof InviteServerTransaction)) return;
    const out = this.#take();
    machine.receiveAck(nowMs, out);
    for (let at = 0; at < out.length; at += 1) {
      if (out[at]?.kind === "passUpAck") this.#user.ackPassedUp(entry, ack, nowMs);
    }
    this.#drainServer(entry, out, nowMs, undefined);
  }

  /** Sends a request in a transaction of its own. `branch` is undefined for a CANCEL. */
  openClient(
    text: string,
    branchId: string,
    method: string,
    flow: Flow,
    running: RunningRequest | undefined,
    branch: ClientBranch | undefined,
    nowMs: number,
  ): ClientEntry {
    const options = { reliable: flow.isReliable };
    const machine =
      method === "INVITE"
        ? new InviteClientTransaction(flat(text), options)
        : new NonInviteClientTransaction(flat(text), options);
    const key = clientTransactionKey(branchId, method);
    const entry = new ClientEntry(key, machine, flow, running, branch, this);
    this.clients.set(key, entry);
    this.#awaitFirst(entry);
    const out = this.#take();
    machine.start(nowMs, out);
    this.#drainClient(entry, out, nowMs, undefined);
    return entry;
  }

  /** RFC 3261 §16.7 step 1. @returns false when it belongs to no request of ours */
  receiveResponse(response: SipResponse, nowMs: number): boolean {
    const branchId = response.topVia.branchId;
    if (branchId === undefined) return false;
    const key = clientTransactionKey(branchId, response.cseq.method);
    const entry = this.clients.get(key);
    if (entry === undefined) return this.#passLate(key, response, nowMs);
    if (hasLapsed(entry, nowMs)) {
      this.advanceClient(entry, nowMs);
      return false;
    }
    const local = this.#transport.localAddressTowards(entry.flow);
    if (!isSentByUs(response.topVia, local)) return false;
    // RFC 3261 §16.7 step 3: relayed without a Via it would lead nowhere. A CANCEL's answer is ours alone, and rightly.
    const isRelayed = entry.branch !== undefined || entry.upstream !== undefined;
    if (isRelayed && !response.hasViaBelow) return false;
    this.#settled(entry);
    const out = this.#take();
    entry.machine.receive(response, nowMs, out);
    this.#drainClient(entry, out, nowMs, undefined);
    return true;
  }

  /** Its user wants nothing more of it: no timer, no response, no trace. */
  abandon(entry: ClientEntry): void {
    this.#removeClient(entry);
  }

  /** The transport could not send what this token stands for (RFC 3261 §18.4). */
  sendFailed(flow: Flow, token: number, detail: string, nowMs: number): void {
    if (token < 0) {
      this.#returns.failed(token);
      return;
    }
    const entry = this.#waiting[token];
    // Tokens are used again: a failure that comes late may find a new owner, on its way to somewhere else.
    if (entry?.flow === flow) this.#transportFailed(entry, detail, nowMs);
  }

  /** A connection is gone: what had no response on it will get none there. */
  connectionClosed(flow: Flow, nowMs: number): void {
    this.#closed.add(flow);
    const entries = this.#onConnection.get(flow);
    if (entries === undefined) return;
    this.#onConnection.delete(flow);
    for (const entry of entries) this.#transportFailed(entry, "the connection was closed", nowMs);
  }

  advanceServer(entry: ServerEntry, nowMs: number): void {
    const out = this.#take();
    entry.machine.advance(nowMs, out);
    assert(entry.machine.deadlineMs > nowMs, "a machine that was advanced is not due");
    this.#drainServer(entry, out, nowMs, "response");
  }

  advanceClient(entry: ClientEntry, nowMs: number): void {
    const out = this.#take();
    entry.machine.advance(nowMs, out);
    assert(entry.machine.deadlineMs > nowMs, "a machine that was advanced is not due");
    this.#drainClient(entry, out, nowMs, "request");
  }

  /** `again` names what a `send` repeats; undefined when it is the first of its kind. */
  #drainServer(
    entry: ServerEntry,
    out: TransactionOutput[],
    nowMs: number,
    again: string | undefined,
  ): void {
    let isOver = false;
    let text = "";
    for (let at = 0; at < out.length; at += 1) {
      const output = out[at] as TransactionOutput;
      switch (output.kind) {
        case "send":
          text = output.text;
          this.#sendResponse(entry, text);
          if (again !== undefined) this.#user.retransmitted(entry, again, nowMs);
          break;
        case "provisionalDue":
          this.#user.provisionalDue(entry, nowMs);
          break;
        case "dropped":
          this.#user.dropped(entry, output.rfc, nowMs);
          break;
        case "moved":
          if (output.to === "terminated") isOver = true;
          break;
        case "passUpAck":
        case "passUp":
        case "failed":
          break;
      }
    }
    this.#give(out);
    // What is left of it is Timer J and that text.
    const hasAnswered = text !== "" && entry.machine.runningTimer === "timerJ";
    if (hasAnswered) this.ended.add(entry.key, text, nowMs);
    if (isOver || hasAnswered) this.#forget(entry);
    else if (!entry.isForgotten) this.#book(entry, nowMs);
  }

  /** The end of a lingering is booked late, on a grid. */
  #book(entry: ServerEntry | ClientEntry, nowMs: number): void {
    const { deadlineMs, isLingering } = entry.machine;
    this.deadlines.book(entry, isLingering ? onGrid(deadlineMs) : deadlineMs, nowMs);
  }

  /**
   * The call was answered over UDP and its response context has ended just now: what is left of its two transactions
   * goes out of the heap. Over a connection, or where a branch was still running, they linger as they are.
   */
  letGo(server: ServerEntry, clients: readonly (ClientEntry | undefined)[], nowMs: number): void {
    if (server.flow.isReliable || !hasJustBegunToLinger(server, nowMs)) return;
    for (let at = 0; at < clients.length; at += 1) {
      const client = clients[at];
      if (client === undefined || client.machine.runningTimer !== "timerM") continue;
      if (client.flow.isReliable || !hasJustBegunToLinger(client, nowMs)) continue;
      this.endedClients.addWayBack(client.key, server.flow, nowMs);
      this.#removeClient(client);
    }
    if (server.machine.runningTimer !== "timerL") return;
    this.ended.add(server.key, "", nowMs);
    this.#forget(server);
  }

  /** A 2xx whose client transaction is out of the heap goes upstream all the same (RFC 6026 §7.2, RFC 3261 §16.7). */
  #passLate(key: string, response: SipResponse, nowMs: number): boolean {
    const flow = this.endedClients.wayBack(key, nowMs);
    if (flow === undefined) return false;
    const isSuccess = response.statusCode >= 200 && response.statusCode <= 299;
    if (isSuccess && response.hasViaBelow)
      this.#transport.send(flow, relayedEdit(response).text(), 0);
    return true;
  }

  #forget(entry: ServerEntry): void {
    entry.isForgotten = true;
    this.servers.delete(entry.key);
    this.deadlines.cancel(entry);
    if (entry.running !== undefined) this.outlived.add(entry);
  }

  #sendResponse(entry: ServerEntry, text: string): void {
    const { flow } = entry;
    if (flow.isReliable && this.#closed.has(flow)) this.#returns.send(entry, text);
    else this.#transport.send(flow, text, 0);
  }

  #drainClient(
    entry: ClientEntry,
    out: TransactionOutput[],
    nowMs: number,
    again: string | undefined,
  ): void {
    let isOver = false;
    let failure: "branch-timed-out" | "next-hop-unreachable" | undefined;
    for (let at = 0; at < out.length; at += 1) {
      const output = out[at] as TransactionOutput;
      switch (output.kind) {
        case "send":
          this.#sendAgain(entry, output.text, again, nowMs);
          break;
        case "passUp":
          this.#user.received(entry, output.response, nowMs);
          break;
        case "failed":
          failure = output.causeId;
          break;
        case "moved":
          if (output.to === "terminated") isOver = true;
          break;
        case "passUpAck":
        case "provisionalDue":
        case "dropped":
          break;
      }
    }
    this.#give(out);
    // Its user is told while the entry still says whose it is.
    if (failure !== undefined) this.#user.failed(entry, failure, "", nowMs);
    if (isOver) this.#removeClient(entry);
    else if (this.clients.get(entry.key) === entry) this.#book(entry, nowMs);
  }

  #sendAgain(entry: ClientEntry, text: string, again: string | undefined, nowMs: number): void {
    entry.sentCount += 1;
    if (again !== undefined && entry.token !== 0) {
      // It did not answer at once: from now on the kernel is asked whether that port is closed.
      if (entry.sentCount === 2) this.#transport.watch(entry.flow);
      this.#user.retransmitted(entry, again, nowMs);
    }
    this.#transport.send(entry.flow, text, entry.token);
  }

  #transportFailed(entry: ClientEntry, detail: string, nowMs: number): void {
    this.#settled(entry);
    const out = this.#take();
    entry.machine.transportFailed(nowMs, out);
    let hasFailed = false;
    for (let at = 0; at < out.length; at += 1) if (out[at]?.kind === "failed") hasFailed = true;
    this.#give(out);
    if (!hasFailed) {
      this.#book(entry, nowMs);
      return;
    }
    this.#user.failed(entry, "next-hop-unreachable", detail, nowMs);
    this.#removeClient(entry);
  }

  #awaitFirst(entry: ClientEntry): void {
    const token = this.#freeTokens.pop() ?? this.#waiting.length;
    this.#waiting[token] = entry;
    entry.token = token;
    if (!entry.flow.isReliable) return;
    let entries = this.#onConnection.get(entry.flow);
    if (entries === undefined) this.#onConnection.set(entry.flow, (entries = new Set()));
    entries.add(entry);
  }

  #settled(entry: ClientEntry): void {
    if (entry.token === 0) return;
    this.#waiting[entry.token] = undefined;
    this.#freeTokens.push(entry.token);
    entry.token = 0;
    const entries = this.#onConnection.get(entry.flow);
    if (entries === undefined) return;
    entries.delete(entry);
    if (entries.size === 0) this.#onConnection.delete(entry.flow);
  }

  #removeClient(entry: ClientEntry): void {
    this.#settled(entry);
    this.clients.delete(entry.key);
    this.deadlines.cancel(entry);
    entry.running = undefined;
  }

  #take(): TransactionOutput[] {
    const out = this.#spare ?? [];
    this.#spare = undefined;
    return out;
  }

  #give(out: TransactionOutput[]): void {
    out.length = 0;
    this.#spare = out;
  }
}
