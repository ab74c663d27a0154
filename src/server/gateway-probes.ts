import { ServerError } from "../causes/index.ts";
import { buildRequest, formatHost, type SipResponse } from "../message/index.ts";
import { viaValue } from "../proxy/index.ts";
import {
  DestinationList,
  GatewayProbe,
  isAnswer,
  type Gateway,
  type GatewayHealth,
  type LocationStep,
  type ProbeResult,
} from "../routing/index.ts";
import type { Endpoint, Flow } from "../transport/index.ts";
import { Deadline } from "./deadlines.ts";
import type { Parts } from "./parts.ts";
import type { ClientEntry } from "./transaction-entries.ts";
import type { TransactionDriver } from "./transaction-driver.ts";

/** Told when a gateway is taken for up or down; not at every probe. */
export type GatewayChanged = (gateway: Gateway, health: GatewayHealth) => void;

/** One gateway and the asking that is under way. */
class ProbeRun extends Deadline {
  readonly probe: GatewayProbe;
  /** Where it may be asked; undefined between askings. */
  places: DestinationList | undefined = undefined;
  destination: Endpoint | undefined = undefined;
  entry: ClientEntry | undefined = undefined;
  /** What the place that was asked last came to. */
  result: ProbeResult = "unresolvable";
  readonly #owner: GatewayProbes;

  constructor(probe: GatewayProbe, owner: GatewayProbes) {
    super();
    this.probe = probe;
    this.#owner = owner;
  }

  wake(nowMs: number): void {
    this.#owner.wake(this, nowMs);
  }
}

/**
 * Asks gateways with OPTIONS whether they are there (RFC 3261 §11.1), each place that their URI leads to until one
 * answers. When to ask and what to make of it is {@link GatewayProbe}'s; this sends and listens. Where no gateway is
 * to be probed it does nothing at all.
 */
export class GatewayProbes {
  readonly #parts: Parts;
  readonly #transactions: TransactionDriver;
  readonly #runs: readonly ProbeRun[];
  readonly #byEntry = new Map<ClientEntry, ProbeRun>();
  readonly #changed: GatewayChanged;
  /** Called after an answer of the resolver that came later: the server books its timer. */
  readonly #settled: () => void;

  constructor(
    parts: Parts,
    transactions: TransactionDriver,
    told: { readonly changed: GatewayChanged; readonly settled: () => void },
  ) {
    this.#parts = parts;
    this.#transactions = transactions;
    this.#changed = told.changed;
    this.#settled = told.settled;
    const { random } = parts.proxyOptions;
    this.#runs = parts.gateways.flatMap((gateway) =>
      gateway.probe === undefined
        ? []
        : new ProbeRun(new GatewayProbe(gateway, gateway.probe, () => random.fraction()), this),
    );
  }

  /** What is known of each gateway that is probed. */
  get probes(): readonly GatewayProbe[] {
    return this.#runs.map(({ probe }) => probe);
  }

  /** Deadlines that are booked for ever; for leak checks. */
  get bookedCount(): number {
    return this.#runs.filter(({ dueMs }) => dueMs < Infinity).length;
  }

  /** Requests that wait for an answer; for leak checks. */
  get askingCount(): number {
    return this.#byEntry.size;
  }

  start(nowMs: number): void {
    for (const run of this.#runs) {
      run.probe.start(nowMs);
      this.#book(run, nowMs);
    }
  }

  stop(): void {
    for (const run of this.#runs) {
      run.places = undefined;
      this.#letGo(run);
      this.#transactions.deadlines.cancel(run);
    }
  }

  wake(run: ProbeRun, nowMs: number): void {
    const due = run.probe.advance(nowMs);
    if (due === "ask") this.#ask(run, nowMs);
    // Nothing was sent yet: it is the DNS that takes so long.
    else if (due === "late" && run.entry === undefined) this.#ended(run, "unresolvable", nowMs);
    else if (due === "late") this.#failed(run, "silent", nowMs);
    this.#book(run, nowMs);
  }

  /** @returns whether the response is to a probe */
  received(entry: ClientEntry, { statusCode }: SipResponse, nowMs: number): boolean {
    const run = this.#byEntry.get(entry);
    if (run === undefined) return false;
    if (statusCode < 200) return true;
    const result: ProbeResult = `${statusCode}`;
    if (isAnswer(result)) {
      this.#trust(run, nowMs);
      this.#ended(run, result, nowMs);
    } else this.#failed(run, result, nowMs);
    this.#book(run, nowMs);
    return true;
  }

  /** @returns whether it was a probe that could not be sent, or was not answered */
  failed(
    entry: ClientEntry,
    causeId: "branch-timed-out" | "next-hop-unreachable",
    nowMs: number,
  ): boolean {
    const run = this.#byEntry.get(entry);
    if (run === undefined) return false;
    this.#failed(run, causeId === "branch-timed-out" ? "silent" : "unreachable", nowMs);
    this.#book(run, nowMs);
    return true;
  }

  #ask(run: ProbeRun, nowMs: number): void {
    const { random, avoided } = this.#parts.proxyOptions;
    run.result = "unresolvable";
    run.places = new DestinationList([run.probe.gateway.hop], {
      fraction: () => random.fraction(),
      avoided,
      failed: NOWHERE,
    });
    this.#goOn(run, nowMs);
  }

  /** To the next place, until one was asked or none is left. */
  #goOn(run: ProbeRun, nowMs: number): void {
    for (;;) {
      const step: LocationStep | undefined = run.places?.next(nowMs, () => undefined);
      if (step === undefined || step.kind === "awaiting") return;
      if (step.kind === "exhausted") {
        this.#ended(run, run.result, nowMs);
        return;
      }
      if (step.kind === "ask") this.#resolve(run, step);
      else if (this.#send(run, step.destination, nowMs)) return;
      else run.result = "unreachable";
    }
  }

  #resolve(run: ProbeRun, { questions }: LocationStep & { readonly kind: "ask" }): void {
    const { places } = run;
    for (const question of questions) {
      const answer = this.#parts.resolver.ask(question);
      if (answer instanceof Promise) {
        void answer.then((given) => {
          if (places === undefined || run.places !== places) return;
          places.answered(question, given);
          const nowMs = this.#parts.nowMs();
          // An IPv4 address may be asked already while the answer about IPv6 comes.
          if (run.entry === undefined) this.#goOn(run, nowMs);
          this.#book(run, nowMs);
          this.#settled();
        });
      } else places?.answered(question, answer);
    }
  }

  #send(run: ProbeRun, destination: Endpoint, nowMs: number): boolean {
    const { transport, proxyOptions } = this.#parts;
    const flow = transport.flowTo(destination);
    if (flow instanceof ServerError) return false;
    const branchId = `z9hG4bK${proxyOptions.random.hex128()}`;
    const text = this.#optionsFor(run.probe.gateway, flow, branchId);
    run.destination = destination;
    run.probe.asksOn(nowMs);
    const transactions = this.#transactions;
    run.entry = transactions.openClient(
      text,
      branchId,
      "OPTIONS",
      flow,
      undefined,
      undefined,
      nowMs,
    );
    this.#byEntry.set(run.entry, run);
    return true;
  }

  /** A request outside of any dialog: a new Call-ID and From tag, no To tag (RFC 3261 §8.1.1, §11.1). */
  #optionsFor({ uri }: Gateway, flow: Flow, branchId: string): string {
    const { transport, proxyOptions } = this.#parts;
    const local = transport.localAddressTowards(flow);
    const { domains, random } = proxyOptions;
    const domain = domains[0] ?? formatHost(local.address);
    const fresh = random.hex128();
    return buildRequest({
      method: "OPTIONS",
      requestUri: uri.text,
      headers: [
        ["Via", viaValue(local, branchId)],
        ["Max-Forwards", "70"],
        ["From", `<sip:nexthop@${domain}>;tag=${fresh.slice(0, 16)}`],
        ["To", `<${uri.text}>`],
        ["Call-ID", fresh.slice(16)],
        ["CSeq", "1 OPTIONS"],
        ["Accept", "application/sdp"],
      ],
    });
  }

  /** That place gave no sign of a gateway that works: is there another? */
  #failed(run: ProbeRun, result: ProbeResult, nowMs: number): void {
    this.#letGo(run);
    run.result = result;
    const { destination, probe } = run;
    // Of several servers behind one name calls go to the others first. Of a single one the gateway's health says it all.
    const isOneOfSeveral = !("address" in probe.gateway.hop);
    if (isOneOfSeveral && destination !== undefined) {
      if (result === "silent" || result === "unreachable") {
        this.#parts.proxyOptions.avoided.avoid(destination, result, nowMs);
      }
    }
    this.#goOn(run, nowMs);
  }

  /** It lives; what it asked for with a Retry-After stands all the same. */
  #trust({ destination }: ProbeRun, nowMs: number): void {
    const { avoided } = this.#parts.proxyOptions;
    if (destination === undefined) return;
    if (avoided.find(destination, nowMs)?.reason !== "busy") avoided.trust(destination);
  }

  #ended(run: ProbeRun, result: ProbeResult, nowMs: number): void {
    this.#letGo(run);
    run.places = undefined;
    const changed = run.probe.ended(result, nowMs);
    if (changed !== undefined) this.#changed(run.probe.gateway, changed);
  }

  /** Nothing more is awaited: what still comes for it is dropped like any response without a transaction. */
  #letGo(run: ProbeRun): void {
    const { entry } = run;
    if (entry === undefined) return;
    run.entry = undefined;
    this.#byEntry.delete(entry);
    this.#transactions.abandon(entry);
  }

  #book(run: ProbeRun, nowMs: number): void {
    this.#transactions.deadlines.book(run, run.probe.deadlineMs, nowMs);
  }
}

const NOWHERE: ReadonlySet<string> = new Set();
