import { ServerError } from "../causes/index.ts";
import type { SipRequest } from "../message/index.ts";
import { AckRelay, type ProxyOutput } from "../proxy/index.ts";
import type { Flow } from "../transport/index.ts";
import type { Parts } from "./parts.ts";
import { PendingRequest } from "./pending-request.ts";
import { peerOf, type ProxyDriver } from "./proxy-driver.ts";

/** Sends ACKs on towards the callee, without a transaction (RFC 3261 §16.11). */
export class AckDriver {
  readonly #parts: Parts;
  readonly #proxy: ProxyDriver;

  constructor(parts: Parts, proxy: ProxyDriver) {
    this.#parts = parts;
    this.#proxy = proxy;
  }

  relay(ack: SipRequest, incoming: Flow, nowMs: number): void {
    const pending = new PendingRequest(ack, peerOf(incoming), nowMs);
    const relay = new AckRelay(ack, this.#parts.proxyOptions, pending.trace);
    const out: ProxyOutput[] = [];
    relay.start(nowMs, out);
    const isDone = this.#drain(relay, pending, incoming, out, nowMs);
    if (isDone) this.#parts.cases.keep(pending.toRecord(nowMs));
  }

  /** @returns false while an answer is awaited */
  #drain(
    relay: AckRelay,
    pending: PendingRequest,
    incoming: Flow,
    out: ProxyOutput[],
    nowMs: number,
  ): boolean {
    let isDone = true;
    const go = (feed: (atMs: number, later: ProxyOutput[]) => void): void => {
      const atMs = this.#parts.nowMs();
      const later: ProxyOutput[] = [];
      feed(atMs, later);
      const isLast = this.#drain(relay, pending, incoming, later, atMs);
      if (isLast) this.#parts.cases.keep(pending.toRecord(atMs));
    };
    const lost = (store: string) => (error: unknown) => this.#parts.fault(store, error);
    for (let at = 0; at < out.length; at += 1) {
      const output = out[at] as ProxyOutput;
      switch (output.kind) {
        case "start":
          this.#send(relay, pending, output, incoming, nowMs);
          break;
        case "find": {
          const answer = this.#ask("directory", () => this.#parts.directory.find(output.aor));
          if (answer instanceof Promise) {
            isDone = false;
            answer.then(
              (entry) => go((atMs, later) => relay.found(entry, atMs, later)),
              lost("directory"),
            );
          } else if (answer !== LOST) relay.found(answer, nowMs, out);
          break;
        }
        case "lookup": {
          const answer = this.#ask("location", () =>
            this.#parts.location.lookup(output.aor, nowMs),
          );
          if (answer instanceof Promise) {
            isDone = false;
            answer.then(
              (held) => go((atMs, later) => relay.held(held, atMs, later)),
              lost("location"),
            );
          } else if (answer !== LOST) relay.held(answer, nowMs, out);
          break;
        }
        case "resolve": {
          isDone = false;
          const { branch, question } = output;
          void this.#parts.resolver
            .resolve(question)
            .then((answer) => go((_, later) => relay.resolved(branch, answer, later)));
          break;
        }
        case "respond":
        case "giveUp":
        case "cancel":
        case "abandon":
        case "ended":
          break;
      }
    }
    return isDone;
  }

  /** An ACK that a store cannot place is lost like any lost packet: the 2xx comes again and so does the ACK. */
  #ask<Answer>(store: string, question: () => Answer): Answer | typeof LOST {
    try {
      return question();
    } catch (error) {
      this.#parts.fault(store, error);
      return LOST;
    }
  }

  #send(
    relay: AckRelay,
    pending: PendingRequest,
    { branch }: ProxyOutput & { readonly kind: "start" },
    incoming: Flow,
    nowMs: number,
  ): void {
    const flow = this.#proxy.flowFor(branch);
    const { trace } = pending;
    const uri = branch.target.uri.text;
    if (flow instanceof ServerError) {
      trace.add("branch-failed", nowMs, branch.number, flow.causeId, flow.message);
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

const LOST = Symbol("lost");
