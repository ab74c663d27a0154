import type { DnsAnswer, DnsQuestion } from "../base/dns.ts";
import { formatEndpoint, type Endpoint } from "../base/endpoint.ts";
import { Header, type SipResponse } from "../message/index.ts";
import {
  DestinationList,
  formatRecord,
  type ListedHop,
  type LocationStep,
} from "../routing/index.ts";
import type { Trace } from "../trace/index.ts";
import { callBranch } from "./branch-steps.ts";
import type { ClientBranch } from "./client-branch.ts";
import { targetAt } from "./configured-hops.ts";
import type { ProxyOptions } from "./options.ts";
import type { ProxyOutput } from "./output.ts";

/**
 * Where the branches of one request go whose next hop is a name (RFC 3263), and what each told about its destination:
 * one that failed is not tried again for this request, and one that is dead or busy is tried last by those that follow.
 */
export class Locating {
  /** `Infinity`: none. */
  readonly #timerCMs: number;
  readonly #options: ProxyOptions;
  readonly #trace: Trace;
  readonly #failed = new Set<string>();

  constructor(timerCMs: number, options: ProxyOptions, trace: Trace) {
    this.#timerCMs = timerCMs;
    this.#options = options;
    this.#trace = trace;
  }

  /** A list to be asked with {@link next}: what one URI leads to, or hops that somebody listed. */
  listOf(hops: readonly ListedHop[]): DestinationList {
    const { random, avoided } = this.#options;
    return new DestinationList(hops, {
      fraction: () => random.fraction(),
      avoided,
      failed: this.#failed,
    });
  }

  /** What comes next for branch `number`; skips go to the trace. Undefined where its target has but one destination. */
  next(
    destinations: DestinationList | undefined,
    number: number,
    nowMs: number,
  ): LocationStep | undefined {
    return destinations?.next(nowMs, (destination, why, untilMs) => {
      const forMs = why === "avoided" ? Math.round(untilMs - nowMs) : 0;
      this.#trace.add("destination-skipped", nowMs, number, destination, why, forMs);
    });
  }

  /** Onward for a branch that waits. @returns why its target leads nowhere further; undefined: it goes on */
  advance(branch: ClientBranch, nowMs: number, out: ProxyOutput[]): string | undefined {
    const step = this.next(branch.destinations, branch.number, nowMs);
    return step === undefined ? undefined : this.follow(branch, step, nowMs, out);
  }

  /** Performs a step: the branch starts, or its questions are put out. @returns as {@link advance} */
  follow(
    branch: ClientBranch,
    step: LocationStep,
    nowMs: number,
    out: ProxyOutput[],
  ): string | undefined {
    const { number } = branch;
    switch (step.kind) {
      case "destination":
        this.#aim(branch, branch.destinations?.hop ?? 0, nowMs);
        this.#trace.add("next-hop-resolved", nowMs, number, keyOf(step.destination), 0);
        callBranch(branch, step.destination, nowMs + this.#timerCMs, out);
        return undefined;
      case "ask":
        this.#trace.add("next-hop-asked", nowMs, number, step.questions[0]?.name ?? "");
        for (const question of step.questions) out.push({ kind: "resolve", branch, question });
        return undefined;
      case "awaiting":
        return undefined;
      case "exhausted":
        return step.detail;
    }
  }

  /** Each gateway has the number at its own address. */
  #aim(branch: ClientBranch, hop: number, nowMs: number): void {
    const { target, number } = branch;
    const gateway = target.hops?.[hop]?.gateway ?? "";
    if (gateway === "") return;
    branch.target = targetAt(target, hop);
    this.#trace.add("gateway-tried", nowMs, number, gateway);
  }

  answered(branch: ClientBranch, question: DnsQuestion, answer: DnsAnswer, nowMs: number): void {
    const row = branch.destinations?.answered(question, answer);
    if (row === undefined) return;
    const { type, name } = question;
    const detail =
      answer.kind === "records" ? answer.records.map(formatRecord).join(", ") : answer.detail;
    const { number } = branch;
    this.#trace.add("dns-answered", nowMs, number, type, name, answer.kind, detail, row.rfc);
  }

  /** Nothing ever came from there. */
  failed(branch: ClientBranch, reason: "silent" | "unreachable", nowMs: number): void {
    const { destinations, destination } = branch;
    if (destinations === undefined || destination === undefined) return;
    const untilMs = this.#options.avoided.avoid(destination, reason, nowMs);
    this.#avoided(branch.number, destination, reason, untilMs - nowMs, nowMs);
  }

  /** 503: with a Retry-After others shall not go there either for so long (RFC 3261 §21.5.4); without one only this. */
  busy(branch: ClientBranch, response: SipResponse, nowMs: number): void {
    const { destinations, destination } = branch;
    if (destinations === undefined || destination === undefined) return;
    const seconds = response.integer(Header.RetryAfter);
    if (typeof seconds !== "number" || seconds === 0) {
      this.#failed.add(keyOf(destination));
      return;
    }
    const untilMs = this.#options.avoided.avoid(destination, "busy", nowMs, seconds * 1_000);
    this.#avoided(branch.number, destination, "busy", untilMs - nowMs, nowMs);
  }

  /** It lives, whatever it said. */
  heard({ destinations, destination }: ClientBranch): void {
    if (destinations !== undefined && destination !== undefined) {
      this.#options.avoided.trust(destination);
    }
  }

  #avoided(
    number: number,
    destination: Endpoint,
    reason: string,
    forMs: number,
    nowMs: number,
  ): void {
    const key = keyOf(destination);
    this.#failed.add(key);
    if (forMs <= 0) return;
    this.#trace.add("destination-avoided", nowMs, number, key, reason, Math.round(forMs));
  }
}

function keyOf({ transport, address, port }: Endpoint): string {
  return formatEndpoint(transport, address, port);
}
