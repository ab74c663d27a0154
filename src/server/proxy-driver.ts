import type { DnsQuestion } from "../base/dns.ts";
import { ServerError } from "../causes/index.ts";
import {
  buildCancel,
  buildResponse,
  parseMessage,
  reasonPhraseOf,
  TRYING,
  type Aor,
  type SipRequest,
  type SipResponse,
} from "../message/index.ts";
import {
  ProxyCore,
  UDP_REQUEST_BYTES_MAX,
  type ClientBranch,
  type ProxyOutput,
  relayedEdit,
} from "../proxy/index.ts";
import type { TraceRecord } from "../trace/index.ts";
import type { Flow } from "../transport/index.ts";
import { relayedCauseId } from "./relayed-cause.ts";
import type { OutgoingFlows } from "./outgoing-flows.ts";
import type { Parts } from "./parts.ts";
import { peerOf } from "./peer.ts";
import { PendingRequest } from "./pending-request.ts";
import { Questions } from "./questions.ts";
import { RunningRequest, type RunningParts } from "./running-request.ts";
import { runningTimers } from "./running-timers.ts";
import type { ClientEntry, ServerEntry } from "./transaction-entries.ts";
import { detailOf } from "./fault-detail.ts";
import type { TransactionDriver } from "./transaction-driver.ts";

/**
 * Performs what proxy cores ask for: responses on server transactions, branches as client transactions, questions to
 * directory, location and resolver. Decides nothing.
 *
 * Hot path: every relayed message passes here.
 */
export class ProxyDriver {
  readonly #parts: Parts;
  readonly #questions: Questions;
  readonly #outgoing: OutgoingFlows;
  readonly #transactions: TransactionDriver;
  /** Called after an answer that came later: the server books its timer. */
  readonly #settled: () => void;
  #spare: ProxyOutput[] | undefined = [];

  constructor(
    parts: Parts,
    transactions: TransactionDriver,
    outgoing: OutgoingFlows,
    settled: () => void,
  ) {
    this.#parts = parts;
    this.#outgoing = outgoing;
    this.#questions = new Questions(parts.limits.questionMs, transactions.deadlines);
    this.#transactions = transactions;
    this.#settled = settled;
  }

  /** A new request that is not the registrar's. `incoming` is the flow it came on. */
  begin(
    request: SipRequest,
    isSpiral: boolean,
    entry: ServerEntry,
    incoming: Flow,
    nowMs: number,
  ): void {
    const pending = new PendingRequest(request, peerOf(incoming), nowMs);
    const core = new ProxyCore(request, { isSpiral }, this.#parts.proxyOptions, pending.trace);
    const running = new RunningRequest(entry, { core, pending, incoming }, this);
    entry.running = running;
    // The next hop stops retransmitting and knows that we have it (RFC 3261 §17.2.1).
    if (request.method === "INVITE") {
      this.#outgoing.rememberContact(request, incoming);
      this.#respondOwn(running, pending, 100, trying(request), nowMs);
    }
    const out = this.#take();
    core.start(nowMs, out);
    this.#drain(running, out, nowMs);
  }

  /** The caller's CANCEL for this request. */
  cancel(
    running: RunningRequest,
    cancel: SipRequest,
    answer: string,
    peer: string,
    nowMs: number,
  ): void {
    const parts = running.parts;
    if (parts === undefined) return;
    const { pending } = parts;
    pending.trace.add("cancel-received", nowMs, peer);
    pending.note(nowMs, "in", 0, peer, cancel.text);
    pending.note(nowMs, "out", 0, peer, answer);
    const out = this.#take();
    parts.core.cancel(nowMs, out);
    this.#drain(running, out, nowMs);
  }

  /** The server ends, and this request with it. */
  stop(running: RunningRequest, nowMs: number): void {
    if (running.parts === undefined) return;
    const out = this.#take();
    running.parts.core.stop(nowMs, out);
    this.#drain(running, out, nowMs);
  }

  /** Timer C, or the wait after a CANCEL. */
  advance(running: RunningRequest, nowMs: number): void {
    if (running.parts === undefined) return;
    const out = this.#take();
    running.parts.core.advance(nowMs, out);
    this.#drain(running, out, nowMs);
  }

  received(entry: ClientEntry, response: SipResponse, nowMs: number): void {
    const { running, branch } = entry;
    const parts = running?.parts;
    if (running === undefined || branch === undefined || parts === undefined) {
      if (entry.upstream !== undefined) this.#relayLate(entry.upstream, response, nowMs);
      return;
    }
    const peer = peerOf(entry.flow);
    const { pending, core } = parts;
    const { statusCode, reasonPhrase } = response;
    pending.trace.add("response-received", nowMs, branch.number, statusCode, reasonPhrase, peer);
    pending.note(nowMs, "in", branch.number, peer, response.text);
    const mayFormDialog = statusCode > 100 && statusCode < 300;
    if (mayFormDialog) this.#outgoing.rememberContact(response, entry.flow);
    const out = this.#take();
    core.receive(branch, response, nowMs, out);
    this.#drain(running, out, nowMs);
  }

  failed(
    entry: ClientEntry,
    causeId: "branch-timed-out" | "next-hop-unreachable",
    detail: string,
    nowMs: number,
  ): void {
    const { running, branch } = entry;
    if (branch === undefined || running?.parts === undefined) return;
    const out = this.#take();
    running.parts.core.branchFailed(branch, causeId, detail, nowMs, out);
    this.#drain(running, out, nowMs);
  }

  provisionalDue(running: RunningRequest, nowMs: number): void {
    const pending = running.parts?.pending;
    if (pending === undefined) return;
    pending.trace.add("timer-fired", nowMs, "timerE", 0, "RFC 4320 §4.1");
    this.#respondOwn(running, pending, 100, trying(pending.request), nowMs);
  }

  /** For leak checks. */
  get openQuestions(): number {
    return this.#questions.openCount;
  }

  /** As `why --pending` shows it. */
  snapshot(running: RunningRequest): TraceRecord | undefined {
    const parts = running.parts;
    return parts?.pending.toRecord(undefined, runningTimers(running, parts));
  }

  #drain(running: RunningRequest, out: ProxyOutput[], nowMs: number): void {
    // Outputs that come while outputs are performed queue behind them: one input, drain, next input.
    for (let at = 0; at < out.length; at += 1) {
      this.#perform(running, out[at] as ProxyOutput, nowMs, out);
    }
    this.#give(out);
    const core = running.parts?.core;
    this.#transactions.deadlines.book(
      running,
      core === undefined ? Infinity : core.deadlineMs,
      nowMs,
    );
  }

  #perform(running: RunningRequest, output: ProxyOutput, nowMs: number, out: ProxyOutput[]): void {
    const parts = running.parts;
    if (parts === undefined) return;
    switch (output.kind) {
      case "respond":
        this.#respond(running, parts, output, nowMs);
        return;
      // RFC 3261 §16.6 step 10, by the way that was chosen; copies, ACK and CANCEL keep to it (RFC 3263 §4).
      case "start":
        this.#start(running, parts, output.branch, nowMs, out);
        return;
      case "cancel":
        this.#cancelBranch(running, parts, output.branch, nowMs);
        return;
      case "abandon": {
        const client = running.clients[output.branch.number];
        if (client !== undefined) this.#transactions.abandon(client);
        return;
      }
      case "find":
        this.#find(running, parts, output.aor, nowMs, out);
        return;
      case "lookup":
        this.#lookup(running, parts, output.aor, nowMs, out);
        return;
      case "resolve":
        this.#resolve(running, parts, output.branch, output.question, nowMs, out);
        return;
      case "giveUp":
        // Nothing went out: the record has a cause and no status code.
        parts.pending.concluded(0, output.cause);
        return;
      case "ended":
        this.#end(running, parts, nowMs);
        return;
    }
  }

  #respond(
    running: RunningRequest,
    parts: RunningParts,
    output: ProxyOutput & { readonly kind: "respond" },
    nowMs: number,
  ): void {
    const { pending, core } = parts;
    const { statusCode, text, cause, branch } = output;
    if (branch === 0) {
      this.#respondOwn(running, pending, statusCode, text, nowMs);
      if (statusCode >= 200) pending.concluded(statusCode, cause);
      return;
    }
    pending.note(nowMs, "out", 0, pending.peer, text);
    if (statusCode >= 200 && pending.statusCode === 0) {
      pending.concluded(statusCode, undefined);
      if (statusCode >= 300)
        pending.causeId = relayedCauseId(statusCode, core.branches, core.wasCancelled);
    }
    this.#transactions.respond(running.entry, statusCode, text, nowMs);
  }

  #respondOwn(
    running: RunningRequest,
    pending: PendingRequest,
    statusCode: number,
    text: string,
    nowMs: number,
  ): void {
    this.#transactions.respond(running.entry, statusCode, text, nowMs);
    // The clock again, and not the time of the input: what people want to know is how long the answer took us.
    const sentAtMs = this.#parts.nowMs();
    pending.trace.add("response-sent", sentAtMs, statusCode, reasonPhraseOf(statusCode), "own", 0);
    pending.note(sentAtMs, "out", 0, pending.peer, text);
  }

  #start(
    running: RunningRequest,
    parts: RunningParts,
    branch: ClientBranch,
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    const { core, pending, incoming } = parts;
    const flow = this.#outgoing.flowFor(branch, pending.request.callId);
    if (flow instanceof ServerError) {
      core.branchFailed(branch, "next-hop-unreachable", detailOf(flow), nowMs, out);
      return;
    }
    const { transport } = this.#parts;
    const text = core.requestFor(branch, {
      incoming: transport.localAddressTowards(incoming),
      outgoing: transport.localAddressTowards(flow),
    });
    if (text.length > UDP_REQUEST_BYTES_MAX && core.leavesUdp(branch, text.length, nowMs)) {
      this.#start(running, parts, branch, nowMs, out);
      return;
    }
    const { method } = pending.request;
    const peer = peerOf(flow);
    const sentAtMs = this.#parts.nowMs();
    pending.trace.add("branch-started", sentAtMs, branch.number, branch.target.uri.text, peer);
    pending.note(sentAtMs, "out", branch.number, peer, text);
    running.texts[branch.number] = text;
    running.clients[branch.number] = this.#transactions.openClient(
      text,
      branch.branchId,
      method,
      flow,
      running,
      branch,
      nowMs,
    );
  }

  /** A CANCEL follows its INVITE: same flow, same branch id (RFC 3261 §9.1). */
  #cancelBranch(
    running: RunningRequest,
    parts: RunningParts,
    branch: ClientBranch,
    nowMs: number,
  ): void {
    const client = running.clients[branch.number];
    const sent = parseMessage(running.texts[branch.number] ?? "");
    if (client === undefined || sent.kind !== "request") return;
    const text = buildCancel(sent);
    const peer = peerOf(client.flow);
    const { trace } = parts.pending;
    trace.add("request-sent", nowMs, branch.number, "CANCEL", sent.requestUri.text, peer);
    parts.pending.note(nowMs, "out", branch.number, peer, text);
    const { branchId } = branch;
    this.#transactions.openClient(
      text,
      branchId,
      "CANCEL",
      client.flow,
      undefined,
      undefined,
      nowMs,
    );
  }

  #find(
    running: RunningRequest,
    parts: RunningParts,
    aor: Aor,
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    const { core, pending } = parts;
    try {
      const answer = this.#parts.directory.find(aor);
      if (answer instanceof Promise) {
        pending.trace.add("answer-awaited", nowMs, "directory", aor);
        this.#later(running, "directory", answer, nowMs, (entry, atMs, later) => {
          core.found(entry, atMs, later);
        });
      } else core.found(answer, nowMs, out);
    } catch (error) {
      this.#parts.fault("directory", error);
      core.questionFailed("directory-unreachable", detailOf(error), nowMs, out);
    }
  }

  #lookup(
    running: RunningRequest,
    parts: RunningParts,
    aor: Aor,
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    const { core, pending } = parts;
    try {
      const answer = this.#parts.location.lookup(aor, nowMs);
      if (answer instanceof Promise) {
        pending.trace.add("answer-awaited", nowMs, "location", aor);
        this.#later(running, "location", answer, nowMs, (held, atMs, later) => {
          core.held(held, atMs, later);
        });
      } else core.held(answer, nowMs, out);
    } catch (error) {
      this.#parts.fault("location", error);
      core.questionFailed("location-unreachable", detailOf(error), nowMs, out);
    }
  }

  #resolve(
    running: RunningRequest,
    { core }: RunningParts,
    branch: ClientBranch,
    question: DnsQuestion,
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    const answer = this.#parts.resolver.ask(question);
    if (answer instanceof Promise) {
      void answer.then((given) => {
        this.#resume(running, (_, atMs, later) =>
          core.resolved(branch, question, given, atMs, later),
        );
      });
    } else core.resolved(branch, question, answer, nowMs, out);
  }

  /** An answer that did not come at once: fed in as an input of its own when it comes, or its absence is. */
  #later<Answer>(
    running: RunningRequest,
    store: "directory" | "location",
    answer: Promise<Answer>,
    askedAtMs: number,
    feed: (answer: Answer, nowMs: number, out: ProxyOutput[]) => void,
  ): void {
    this.#questions.ask(
      store,
      answer,
      askedAtMs,
      (given) => this.#resume(running, (_, nowMs, out) => feed(given, nowMs, out)),
      (error) => {
        this.#parts.fault(store, error);
        this.#resume(running, ({ core }, nowMs, out) =>
          core.questionFailed(`${store}-unreachable`, detailOf(error), nowMs, out),
        );
      },
    );
  }

  /** The input that a later answer is. A bug of ours ends with it, as it does with a message. */
  #resume(
    running: RunningRequest,
    act: (parts: RunningParts, nowMs: number, out: ProxyOutput[]) => void,
  ): void {
    const parts = running.parts;
    if (parts === undefined) return;
    const nowMs = this.#parts.nowMs();
    try {
      const out = this.#take();
      act(parts, nowMs, out);
      this.#drain(running, out, nowMs);
    } catch (error) {
      this.#parts.fault("answer", error);
    }
    this.#settled();
  }

  #end(running: RunningRequest, parts: RunningParts, nowMs: number): void {
    const { pending } = parts;
    pending.trace.add("ended", nowMs, pending.statusCode);
    running.parts = undefined;
    running.entry.running = undefined;
    if (this.#transactions.outlived.size > 0) this.#transactions.outlived.delete(running.entry);
    const isInvite = pending.request.method === "INVITE";
    this.#letGo(running, isInvite);
    if (isInvite) this.#transactions.letGo(running.entry, running.clients, nowMs);
    this.#transactions.deadlines.cancel(running);
    this.#parts.cases.keep(pending.toRecord(nowMs));
  }

  /** What lingers for 32 s must be small: the client transactions forget whose they were. */
  #letGo(running: RunningRequest, isInvite: boolean): void {
    for (const client of running.clients) {
      if (client === undefined) continue;
      client.running = undefined;
      client.branch = undefined;
      if (isInvite) client.upstream = running.entry;
    }
  }

  /** A 2xx after the end: from another branch, or again because its ACK is late (RFC 3261 §16.7 step 5). */
  #relayLate(upstream: ServerEntry, response: SipResponse, nowMs: number): void {
    const { statusCode, cseq } = response;
    if (statusCode < 200 || statusCode > 299 || cseq.method !== "INVITE") return;
    this.#transactions.respond(upstream, statusCode, relayedEdit(response).text(), nowMs);
  }

  #take(): ProxyOutput[] {
    const out = this.#spare ?? [];
    this.#spare = undefined;
    return out;
  }

  #give(out: ProxyOutput[]): void {
    out.length = 0;
    this.#spare = out;
  }
}

function trying(request: SipRequest): string {
  return buildResponse(request, TRYING, { toTag: undefined });
}
