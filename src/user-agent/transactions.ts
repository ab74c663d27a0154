import type { SipMessage, SipRequest, SipResponse } from "../message/index.ts";
import {
  clientTransactionKey,
  InviteClientTransaction,
  InviteServerTransaction,
  NonInviteClientTransaction,
  NonInviteServerTransaction,
  type TransactionOutput,
} from "../transaction/index.ts";
import type { CoreOutput, ReceivedRequest, RequestOwner, UserAgentOutput } from "./output.ts";
import type { BuiltRequest } from "./request-factory.ts";
import { responseText } from "./responses.ts";
import { summaryOf } from "./summary.ts";

const SIP_PORT = 5060;

export interface ClientEntry {
  readonly machine: InviteClientTransaction | NonInviteClientTransaction;
  readonly request: BuiltRequest;
  readonly owner: RequestOwner;
  /** What was sent last: the same again is a retransmission. */
  lastText: string;
}

export interface ServerEntry extends ReceivedRequest {
  readonly machine: InviteServerTransaction | NonInviteServerTransaction;
  readonly flowId: number;
  lastText: string;
}

/** What the transaction layer hands to the parts of the user agent. */
export interface Upward {
  readonly out: UserAgentOutput[];
  readonly core: CoreOutput[];
}

/** Both tables of transactions of one user agent, and their timers. Few at a time: looked through, not sorted. */
export class Transactions {
  readonly #reliable: boolean;
  readonly #sentBy: string;
  readonly #clients = new Map<string, ClientEntry>();
  readonly #servers = new Map<string, ServerEntry>();

  constructor(options: { readonly reliable: boolean; readonly sentBy: string }) {
    this.#reliable = options.reliable;
    this.#sentBy = options.sentBy;
  }

  get size(): number {
    return this.#clients.size + this.#servers.size;
  }

  get deadlineMs(): number {
    let deadlineMs = Infinity;
    for (const { machine } of this.#clients.values()) {
      deadlineMs = Math.min(deadlineMs, machine.deadlineMs);
    }
    for (const { machine } of this.#servers.values()) {
      deadlineMs = Math.min(deadlineMs, machine.deadlineMs);
    }
    return deadlineMs;
  }

  advance(nowMs: number, up: Upward): void {
    for (const entry of this.#clients.values()) {
      if (entry.machine.deadlineMs > nowMs) continue;
      const outputs: TransactionOutput[] = [];
      entry.machine.advance(nowMs, outputs);
      this.#drainClient(entry, outputs, nowMs, up);
    }
    for (const entry of this.#servers.values()) {
      if (entry.machine.deadlineMs > nowMs) continue;
      const outputs: TransactionOutput[] = [];
      entry.machine.advance(nowMs, outputs);
      this.#drainServer(entry, outputs, nowMs, up);
    }
  }

  startClient(request: BuiltRequest, owner: RequestOwner, nowMs: number, up: Upward): void {
    const options = { reliable: this.#reliable };
    const machine =
      request.method === "INVITE"
        ? new InviteClientTransaction(request.text, options)
        : new NonInviteClientTransaction(request.text, options);
    const entry: ClientEntry = { machine, request, owner, lastText: "" };
    this.#clients.set(request.transactionKey, entry);
    const outputs: TransactionOutput[] = [];
    machine.start(nowMs, outputs);
    this.#drainClient(entry, outputs, nowMs, up);
  }

  abandon(request: BuiltRequest): void {
    this.#clients.delete(request.transactionKey);
  }

  /**
   * Dropped is what matches nothing (RFC 6026 §8.9), what names another than us in its Via (RFC 3261 §18.1.2), and what
   * went astray with the Via of somebody else below ours (RFC 3261 §8.1.3.3).
   */
  receiveResponse(response: SipResponse, nowMs: number, up: Upward): void {
    const { branchId, host, port } = response.topVia;
    if (branchId === undefined || response.hasViaBelow) return;
    if (`${host.toLowerCase()}:${port ?? SIP_PORT}` !== this.#sentBy) return;
    const entry = this.#clients.get(clientTransactionKey(branchId, response.cseq.method));
    if (entry === undefined) return;
    const outputs: TransactionOutput[] = [];
    entry.machine.receive(response, nowMs, outputs);
    this.#drainClient(entry, outputs, nowMs, up);
  }

  transportFailed(transactionKey: string, nowMs: number, up: Upward): void {
    const entry = this.#clients.get(transactionKey);
    if (entry === undefined) return;
    const outputs: TransactionOutput[] = [];
    entry.machine.transportFailed(nowMs, outputs);
    this.#drainClient(entry, outputs, nowMs, up);
  }

  server(transactionKey: string): ServerEntry | undefined {
    return this.#servers.get(transactionKey);
  }

  /** Whether the same request came by another way and is still being answered (RFC 3261 §8.2.2.2). */
  hasMerged(request: SipRequest): boolean {
    for (const { request: other } of this.#servers.values()) {
      if (
        other.callId === request.callId &&
        other.fromTag === request.fromTag &&
        other.cseq.sequenceNumber === request.cseq.sequenceNumber &&
        other.method === request.method
      ) {
        return true;
      }
    }
    return false;
  }

  startServer(
    request: SipRequest,
    transactionKey: string,
    flowId: number,
    nowMs: number,
  ): ServerEntry {
    const options = { reliable: this.#reliable };
    const machine =
      request.method === "INVITE"
        ? new InviteServerTransaction(options)
        : new NonInviteServerTransaction(options);
    const entry: ServerEntry = { machine, request, transactionKey, flowId, lastText: "" };
    this.#servers.set(transactionKey, entry);
    machine.start(nowMs, []);
    return entry;
  }

  receiveRetransmission(entry: ServerEntry, nowMs: number, up: Upward): void {
    const outputs: TransactionOutput[] = [];
    entry.machine.receiveRetransmission(nowMs, outputs);
    this.#drainServer(entry, outputs, nowMs, up);
  }

  /** @returns whether the ACK ended there; that of a 2xx is the call's */
  receiveAck(entry: ServerEntry, nowMs: number, up: Upward): boolean {
    if (!(entry.machine instanceof InviteServerTransaction)) return true;
    const outputs: TransactionOutput[] = [];
    entry.machine.receiveAck(nowMs, outputs);
    this.#drainServer(entry, outputs, nowMs, up);
    return !outputs.some((output) => output.kind === "passUpAck");
  }

  respond(to: ReceivedRequest, statusCode: number, text: string, nowMs: number, up: Upward): void {
    const entry = this.#servers.get(to.transactionKey);
    if (entry === undefined) return;
    const outputs: TransactionOutput[] = [];
    entry.machine.respond(statusCode, text, nowMs, outputs);
    this.#drainServer(entry, outputs, nowMs, up);
  }

  #drainClient(
    entry: ClientEntry,
    outputs: readonly TransactionOutput[],
    nowMs: number,
    up: Upward,
  ): void {
    const { request, owner } = entry;
    for (const output of outputs) {
      switch (output.kind) {
        case "send": {
          const { nextHop, transactionKey } = request;
          up.out.push({ kind: "sendRequest", text: output.text, nextHop, transactionKey });
          up.out.push(sentLine(entry, output.text, nowMs));
          break;
        }
        case "passUp":
          owner.receiveResponse(request, output.response, nowMs, up.core);
          break;
        case "failed":
          owner.requestFailed(request, output.causeId, nowMs, up.core);
          break;
        case "moved":
          if (output.to === "terminated") this.#clients.delete(request.transactionKey);
          break;
        case "passUpAck":
        case "provisionalDue":
        case "dropped":
          break;
      }
    }
  }

  #drainServer(
    entry: ServerEntry,
    outputs: readonly TransactionOutput[],
    nowMs: number,
    up: Upward,
  ): void {
    for (const output of outputs) {
      switch (output.kind) {
        case "send":
          up.out.push({ kind: "sendResponse", text: output.text, flowId: entry.flowId });
          up.out.push(sentLine(entry, output.text, nowMs));
          break;
        case "provisionalDue":
          up.core.push({
            kind: "respond",
            to: entry,
            statusCode: 100,
            text: responseText(entry.request, 100, { toTag: undefined }),
          });
          break;
        case "moved":
          if (output.to === "terminated") this.#servers.delete(entry.transactionKey);
          break;
        case "passUp":
        case "passUpAck":
        case "failed":
        case "dropped":
          break;
      }
    }
  }
}

function sentLine(
  entry: { lastText: string },
  text: string,
  nowMs: number,
): Extract<UserAgentOutput, { kind: "ladder" }> {
  const isRetransmission = entry.lastText === text;
  entry.lastText = text;
  return ladderLine("out", text, summaryOf(text), isRetransmission, nowMs);
}

export function receivedLine(
  message: SipMessage,
  isRetransmission: boolean,
  nowMs: number,
): Extract<UserAgentOutput, { kind: "ladder" }> {
  return ladderLine("in", message.text, summaryOf(message.text), isRetransmission, nowMs);
}

export function ladderLine(
  direction: "in" | "out",
  text: string,
  summary: string,
  isRetransmission: boolean,
  atMs: number,
): Extract<UserAgentOutput, { kind: "ladder" }> {
  return { kind: "ladder", atMs, direction, text, summary, isRetransmission };
}
