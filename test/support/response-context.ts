import assert from "node:assert/strict";
import type { DnsAnswer, DnsQuestion } from "../../src/base/dns.ts";
import type { Binding } from "../../src/location/index.ts";
import { parseAor } from "../../src/message/index.ts";
import type { ClientBranch } from "../../src/proxy/client-branch.ts";
import { incomingBreadthOf } from "../../src/proxy/max-breadth.ts";
import type { ProxyOptions } from "../../src/proxy/options.ts";
import type { ProxyOutput } from "../../src/proxy/output.ts";
import { ResponseContext } from "../../src/proxy/response-context.ts";
import { preprocessRoute } from "../../src/proxy/route-preprocessing.ts";
import { leaveUdp } from "../../src/proxy/size-switch.ts";
import { TargetSet } from "../../src/proxy/target-set.ts";
import { Trace } from "../../src/trace/index.ts";
import { describe, optionsOf, requestOf, responseOf, uriOf, type RequestChanges } from "./proxy.ts";

export const START_MS = 1_000_000;

export interface ForkSetup {
  readonly request?: RequestChanges;
  /** `sip:a@192.0.2.1`, or with its q in thousandths behind a blank: `sip:a@192.0.2.1 500`. */
  readonly targets: readonly string[];
  readonly options?: Partial<ProxyOptions>;
  /** Whose bindings the targets are; none where left out. */
  readonly aor?: string;
  /** Where the bindings were registered from; "" where they are none. */
  readonly source?: string;
}

/**
 * At this time, this happens, and exactly this comes out. What happens: `start`, `time`, `cancel`, or for a branch
 * `1: measured 1400` (what it sends is so long), `1: 180`, `1: timed out`, `1: unreachable`, `1: resolved 192.0.2.5 192.0.2.6`, `1: unresolvable`;
 * `held sip:a@192.0.2.1` and `location unreachable` answer a look-up.
 */
export type Step = readonly [atMs: number, input: string, ...outputs: string[]];

/** A response context and its driver: it keeps time, and answers nothing by itself. */
export class Fork {
  readonly trace = new Trace(START_MS);
  readonly context: ResponseContext;
  /** All that ever came out. */
  readonly outputs: ProxyOutput[] = [];
  readonly #method: string;
  readonly #options: ProxyOptions;
  /** Questions to the DNS without an answer. */
  readonly #asked: DnsQuestion[] = [];

  constructor(setup: ForkSetup) {
    const { request: changes = {}, targets, aor, source = "", options: optionChanges = {} } = setup;
    const options = optionsOf(optionChanges);
    const request = requestOf(changes);
    const routing = preprocessRoute(request, options);
    assert.ok(!("kind" in routing));
    const set = new TargetSet();
    for (const target of targets) {
      const [uri = "", q = "1000"] = target.split(" ");
      set.add({ uri: uriOf(uri), path: [], qMilli: Number(q), source, hops: undefined });
    }
    set.aor = aor === undefined ? undefined : parseAor(aor);
    this.#method = request.method;
    this.#options = options;
    const incomingBreadth = incomingBreadthOf(request);
    const parts = { request, routing, targets: set, incomingBreadth };
    this.context = new ResponseContext(parts, options, this.trace, START_MS);
  }

  /** Answers all that was asked, and all that is asked for because of it: the name has these IPv4 addresses. */
  #answer(
    branch: ClientBranch,
    addresses: readonly string[],
    nowMs: number,
    out: ProxyOutput[],
  ): void {
    const answerTo = ({ type }: DnsQuestion): DnsAnswer =>
      type === "A" && addresses.length > 0
        ? { kind: "records", records: addresses.map((address) => ({ type, address })) }
        : { kind: "none", detail: "no such name" };
    for (let asked = this.#asked.shift(); asked !== undefined; asked = this.#asked.shift()) {
      const later: ProxyOutput[] = [];
      this.context.resolved(branch, asked, answerTo(asked), nowMs, later);
      for (const output of later) {
        if (output.kind === "resolve") this.#asked.push(output.question);
        else out.push(output);
      }
    }
  }

  branch(number: number): ClientBranch {
    const branch = this.context.branches[number - 1];
    assert.ok(branch !== undefined, `there is no branch ${number}`);
    return branch;
  }

  /** Feeds one input and what was due before it. @returns what came out */
  feed(afterMs: number, input: string, fields: readonly string[] = []): string[] {
    const nowMs = START_MS + afterMs;
    const out: ProxyOutput[] = [];
    if (this.context.deadlineMs <= nowMs) this.context.advance(nowMs, out);
    assert.ok(this.context.deadlineMs > nowMs, "what was due has been done");
    this.#input(input, fields, nowMs, out);
    this.outputs.push(...out);
    for (const output of out) if (output.kind === "resolve") this.#asked.push(output.question);
    return out.map(describe);
  }

  #input(input: string, fields: readonly string[], nowMs: number, out: ProxyOutput[]): void {
    const { context } = this;
    if (input === "time") return;
    if (input === "start") return context.start(nowMs, out);
    if (input === "cancel") return context.cancel(nowMs, out);
    if (input === "location unreachable") return context.lookAgainFailed(nowMs, out);
    if (input.startsWith("held")) {
      const bindings = input.split(" ").slice(1).map(bindingOf);
      return context.lookedAgain({ version: 2, bindings, lapsed: [] }, nowMs, out);
    }
    const [number = "", what = ""] = input.split(": ");
    const branch = this.branch(Number(number));
    const [word = "", ...addresses] = what.split(" ");
    if (what === "timed out") context.branchFailed(branch, "branch-timed-out", "", nowMs, out);
    else if (what === "unreachable") {
      context.branchFailed(branch, "next-hop-unreachable", "port closed", nowMs, out);
    } else if (word === "measured") {
      const [sizeBytes] = addresses;
      if (!leaveUdp(branch, Number(sizeBytes), this.#options, this.trace, nowMs)) return;
      out.push({ kind: "start", branch });
    } else if (word === "resolved") this.#answer(branch, addresses, nowMs, out);
    else if (what === "unresolvable") this.#answer(branch, [], nowMs, out);
    else context.receive(branch, responseOf(Number(what), this.#method, fields), nowMs, out);
  }
}

function bindingOf(contactUri: string): Binding {
  const times = { expiresAtMs: START_MS + 60_000, updatedAtMs: START_MS };
  return { contactUri, callId: "c", cseq: 1, qMilli: 1000, path: [], source: "", ...times };
}

/** Plays a ladder; what is not listed must not happen. */
export function plays(setup: ForkSetup, steps: readonly Step[]): Fork {
  const fork = new Fork(setup);
  for (const [atMs, input, ...wanted] of steps) {
    assert.deepEqual(fork.feed(atMs, input), wanted, `at ${atMs} ms: ${input}`);
  }
  return fork;
}
