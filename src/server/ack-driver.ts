import type { DnsQuestion } from "../base/dns.ts";
import { ServerError } from "../causes/index.ts";
import type { Aor, SipRequest } from "../message/index.ts";
import { AckRelay, type ClientBranch, type ProxyOutput } from "../proxy/index.ts";
import type { Flow } from "../transport/index.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Parts } from "./parts.ts";
import { PendingRequest } from "./pending-request.ts";
import type { OutgoingFlows } from "./outgoing-flows.ts";
import { peerOf } from "./peer.ts";
import { Questions } from "./questions.ts";
import { detailOf } from "./fault-detail.ts";

/** Sends ACKs on towards the callee, without a transaction (RFC 3261 §16.11). */
export class AckDriver {
  readonly #parts: Parts;
  readonly #questions: Questions;
  readonly #outgoing: OutgoingFlows;
  /** Called after an answer that came later: the server books its timer. */
  readonly #settled: () => void;

  constructor(parts: Parts, outgoing: OutgoingFlows, deadlines: Deadlines, settled: () => void) {
    this.#parts = parts;
    this.#settled = settled;
    this.#questions = new Questions(parts.limits.questionMs, deadlines);
    this.#outgoing = outgoing;
  }

  /** For leak checks. */
  get openQuestions(): number {
    return this.#questions.openCount;
  }

  relay(ack: SipRequest, incoming: Flow, nowMs: number): void {
    const pending = new PendingRequest(ack, peerOf(incoming), nowMs);
    const relay = new AckRelay(ack, this.#parts.proxyOptions, pending.trace);
    const running: RunningAck = { relay, pending, incoming, awaited: 0 };
    const out: ProxyOutput[] = [];
    relay.start(nowMs, out);
    this.#drain(running, out, nowMs);
  }

  #drain(running: RunningAck, out: ProxyOutput[], nowMs: number): void {
    for (let at = 0; at < out.length; at += 1) {
      this.#perform(running, out[at] as ProxyOutput, nowMs, out);
    }
    if (running.awaited === 0) this.#parts.cases.keep(running.pending.toRecord(nowMs));
  }

  #perform(running: RunningAck, output: ProxyOutput, nowMs: number, out: ProxyOutput[]): void {
    switch (output.kind) {
      case "start":
        this.#send(running, output.branch, nowMs);
        return;
      case "find":
        this.#find(running, output.aor, nowMs, out);
        return;
      case "lookup":
        this.#lookup(running, output.aor, nowMs, out);
        return;
      case "resolve":
        this.#resolve(running, output.branch, output.question, nowMs, out);
        return;
      case "respond":
      case "giveUp":
      case "cancel":
      case "abandon":
      case "ended":
        return;
    }
  }

  // An ACK that a store cannot place is lost like any lost packet: the 2xx comes again and so does the ACK.

  #find(running: RunningAck, aor: Aor, nowMs: number, out: ProxyOutput[]): void {
    const { relay } = running;
    try {
      const answer = this.#parts.directory.find(aor);
      if (answer instanceof Promise) {
        this.#later(running, "directory", answer, nowMs, (entry, atMs, later) => {
          relay.found(entry, atMs, later);
        });
      } else relay.found(answer, nowMs, out);
    } catch (error) {
      this.#parts.fault("directory", error);
    }
  }

  #lookup(running: RunningAck, aor: Aor, nowMs: number, out: ProxyOutput[]): void {
    const { relay } = running;
    try {
      const answer = this.#parts.location.lookup(aor, nowMs);
      if (answer instanceof Promise) {
        this.#later(running, "location", answer, nowMs, (held, atMs, later) => {
          relay.held(held, atMs, later);
        });
      } else relay.held(answer, nowMs, out);
    } catch (error) {
      this.#parts.fault("location", error);
    }
  }

  #resolve(
    running: RunningAck,
    branch: ClientBranch,
    question: DnsQuestion,
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    const { relay } = running;
    const answer = this.#parts.resolver.ask(question);
    if (answer instanceof Promise) {
      running.awaited += 1;
      void answer.then((given) => {
        this.#resume(running, (atMs, later) =>
          relay.resolved(branch, question, given, atMs, later),
        );
      });
    } else relay.resolved(branch, question, answer, nowMs, out);
  }

  #later<Answer>(
    running: RunningAck,
    store: "directory" | "location",
    answer: Promise<Answer>,
    askedAtMs: number,
    feed: (answer: Answer, nowMs: number, out: ProxyOutput[]) => void,
  ): void {
    running.awaited += 1;
    this.#questions.ask(
      store,
      answer,
      askedAtMs,
      (given) => this.#resume(running, (nowMs, out) => feed(given, nowMs, out)),
      (error) => {
        this.#parts.fault(store, error);
        this.#resume(running, () => undefined);
      },
    );
  }

  /** The input that a later answer is. A bug of ours ends with it, as it does with a message. */
  #resume(running: RunningAck, act: (nowMs: number, out: ProxyOutput[]) => void): void {
    running.awaited -= 1;
    const nowMs = this.#parts.nowMs();
    const out: ProxyOutput[] = [];
    try {
      act(nowMs, out);
      this.#drain(running, out, nowMs);
    } catch (error) {
      this.#parts.fault("answer", error);
    }
    this.#settled();
  }

  #send(running: RunningAck, branch: ClientBranch, nowMs: number): void {
    const { relay, pending, incoming } = running;
    const flow = this.#outgoing.flowFor(branch, pending.request.callId);
    const { trace } = pending;
    const uri = branch.target.uri.text;
    if (flow instanceof ServerError) {
      trace.add("branch-failed", nowMs, branch.number, flow.causeId, detailOf(flow));
      return;
    }
    const { transport } = this.#parts;
    const text = relay.requestFor(branch, {
      incoming: transport.localAddressTowards(incoming),
      outgoing: transport.localAddressTowards(flow),
    });
    trace.add("request-sent", nowMs, branch.number, "ACK", uri, peerOf(flow));
    transport.send(flow, text, 0);
  }
}

/** One ACK on its way, until nothing more is awaited for it. */
interface RunningAck {
  readonly relay: AckRelay;
  readonly pending: PendingRequest;
  readonly incoming: Flow;
  /** Answers that have not come yet. */
  awaited: number;
}
