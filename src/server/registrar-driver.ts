import type { Aor } from "../message/index.ts";
import { buildResponse, reasonPhraseOf, TRYING, type SipRequest } from "../message/index.ts";
import { localTagOf } from "../proxy/index.ts";
import { Registration, type RegistrationOutput } from "../registrar/index.ts";
import type { TraceRecord } from "../trace/index.ts";
import type { Flow } from "../transport/index.ts";
import type { Parts } from "./parts.ts";
import { PendingRequest } from "./pending-request.ts";
import { peerOf } from "./peer.ts";
import { Questions } from "./questions.ts";
import { detailOf } from "./fault-detail.ts";
import type { TransactionDriver } from "./transaction-driver.ts";
import type { ServerEntry } from "./transaction-entries.ts";

/** One REGISTER between its server transaction and the stores. */
export interface RunningRegistration {
  readonly registration: Registration;
  readonly pending: PendingRequest;
  readonly entry: ServerEntry;
  /** Whose bindings it works on, once it holds its turn for them. */
  holds: Aor | undefined;
}

type Feed = (registration: Registration, nowMs: number, out: RegistrationOutput[]) => void;

/**
 * Performs what the registrar asks for. REGISTERs for one address-of-record take turns: each sees what the one before
 * it wrote, in the order they came (RFC 3261 §10.3: "process REGISTER requests … in the order that they are
 * received").
 */
export class RegistrarDriver {
  readonly running = new Map<ServerEntry, RunningRegistration>();
  readonly #parts: Parts;
  readonly #questions: Questions;
  readonly #transactions: TransactionDriver;
  /** Called after an answer that came later: the server books its timer. */
  readonly #settled: () => void;
  /** Who waits for its turn at an address-of-record; an empty list where only one is at work. */
  readonly #turns = new Map<Aor, RunningRegistration[]>();

  constructor(parts: Parts, transactions: TransactionDriver, settled: () => void) {
    this.#parts = parts;
    this.#questions = new Questions(parts.limits.questionMs, transactions.deadlines);
    this.#transactions = transactions;
    this.#settled = settled;
  }

  begin(
    request: SipRequest,
    domain: string,
    entry: ServerEntry,
    incoming: Flow,
    nowMs: number,
  ): void {
    const source = peerOf(incoming);
    const pending = new PendingRequest(request, source, nowMs);
    const toTag = localTagOf(request, this.#parts.proxyOptions.tokenKey);
    const registration = new Registration(this.#parts.registrarOptions, {
      request,
      domain,
      toTag,
      source,
      trace: pending.trace,
    });
    const running: RunningRegistration = { registration, pending, entry, holds: undefined };
    this.running.set(entry, running);
    this.#feed(running, nowMs, (machine, atMs, out) => machine.start(atMs, out));
  }

  provisionalDue(running: RunningRegistration, nowMs: number): void {
    const { entry, pending } = running;
    pending.trace.add("timer-fired", nowMs, "timerE", 0, "RFC 4320 §4.1");
    const text = buildResponse(pending.request, TRYING, { toTag: undefined });
    pending.trace.add("response-sent", nowMs, 100, reasonPhraseOf(100), "own", 0);
    pending.note(nowMs, "out", 0, pending.peer, text);
    this.#transactions.respond(entry, 100, text, nowMs);
  }

  /** For leak checks. */
  get openQuestions(): number {
    return this.#questions.openCount;
  }

  /** As `why --pending` shows it. */
  snapshot(running: RunningRegistration): TraceRecord {
    return running.pending.toRecord(undefined);
  }

  #feed(running: RunningRegistration, nowMs: number, feed: Feed): void {
    const out: RegistrationOutput[] = [];
    feed(running.registration, nowMs, out);
    for (let at = 0; at < out.length; at += 1) {
      this.#perform(running, out[at] as RegistrationOutput, nowMs, out);
    }
  }

  #perform(
    running: RunningRegistration,
    output: RegistrationOutput,
    nowMs: number,
    out: RegistrationOutput[],
  ): void {
    switch (output.kind) {
      case "findSubscriber":
        this.#find(running, output.aor, nowMs, out);
        return;
      case "lookup":
        if (this.#takesTurn(running, output.aor)) this.#lookup(running, output.aor, nowMs, out);
        return;
      case "replace":
        this.#replace(running, output, nowMs, out);
        return;
      case "respond":
        this.#respond(running, output, nowMs);
        return;
    }
  }

  #find(running: RunningRegistration, aor: Aor, nowMs: number, out: RegistrationOutput[]): void {
    try {
      const answer = this.#parts.directory.find(aor);
      if (answer instanceof Promise) {
        running.pending.trace.add("answer-awaited", nowMs, "directory", aor);
        this.#later(running, "directory", answer, nowMs, (entry) => (machine, atMs, later) => {
          machine.found(entry, atMs, later);
        });
      } else running.registration.found(answer, nowMs, out);
    } catch (error) {
      this.#failed(running, "directory", error, nowMs, out);
    }
  }

  #lookup(running: RunningRegistration, aor: Aor, nowMs: number, out: RegistrationOutput[]): void {
    try {
      const answer = this.#parts.location.lookup(aor, nowMs);
      if (answer instanceof Promise) {
        running.pending.trace.add("answer-awaited", nowMs, "location", aor);
        this.#later(running, "location", answer, nowMs, (held) => (machine, atMs, later) => {
          machine.held(held, atMs, later);
        });
      } else running.registration.held(answer, nowMs, out);
    } catch (error) {
      this.#failed(running, "location", error, nowMs, out);
    }
  }

  #replace(
    running: RunningRegistration,
    { aor, version, bindings }: RegistrationOutput & { readonly kind: "replace" },
    nowMs: number,
    out: RegistrationOutput[],
  ): void {
    try {
      const outcome = this.#parts.location.replace(aor, version, bindings, nowMs);
      if (outcome instanceof Promise) {
        this.#later(running, "location", outcome, nowMs, (given) => (machine, atMs, later) => {
          machine.replaced(given, atMs, later);
        });
      } else running.registration.replaced(outcome, nowMs, out);
    } catch (error) {
      this.#failed(running, "location", error, nowMs, out);
    }
  }

  #later<Answer>(
    running: RunningRegistration,
    store: "directory" | "location",
    answer: Promise<Answer>,
    askedAtMs: number,
    feed: (answer: Answer) => Feed,
  ): void {
    this.#questions.ask(
      store,
      answer,
      askedAtMs,
      (given) => this.#resume(running, feed(given)),
      (error) => {
        this.#resume(running, (_, atMs, later) => {
          this.#failed(running, store, error, atMs, later);
        });
      },
    );
  }

  /** The input that a later answer is. A bug of ours ends with it, as it does with a message. */
  #resume(running: RunningRegistration, feed: Feed): void {
    try {
      this.#feed(running, this.#parts.nowMs(), feed);
    } catch (error) {
      this.#parts.fault("answer", error);
    }
    this.#settled();
  }

  #failed(
    running: RunningRegistration,
    store: "directory" | "location",
    error: unknown,
    nowMs: number,
    out: RegistrationOutput[],
  ): void {
    this.#parts.fault(store, error);
    running.registration.storeFailed(`${store}-unreachable`, detailOf(error), nowMs, out);
  }

  #respond(
    running: RunningRegistration,
    output: RegistrationOutput & { readonly kind: "respond" },
    nowMs: number,
  ): void {
    const { pending, entry } = running;
    const { statusCode, text, cause } = output;
    pending.trace.add("response-sent", nowMs, statusCode, reasonPhraseOf(statusCode), "own", 0);
    pending.note(nowMs, "out", 0, pending.peer, text);
    pending.concluded(statusCode, cause);
    this.#transactions.respond(entry, statusCode, text, nowMs);
    this.running.delete(entry);
    this.#parts.cases.keep(pending.toRecord(nowMs));
    this.#passTurn(running, nowMs);
  }

  /** @returns false when another REGISTER for the same address is at work; `#passTurn` calls it up */
  #takesTurn(running: RunningRegistration, aor: Aor): boolean {
    if (running.holds === aor) return true;
    const waiting = this.#turns.get(aor);
    if (waiting !== undefined) {
      waiting.push(running);
      return false;
    }
    this.#turns.set(aor, []);
    running.holds = aor;
    return true;
  }

  #passTurn(running: RunningRegistration, nowMs: number): void {
    const aor = running.holds;
    if (aor === undefined) return;
    running.holds = undefined;
    const next = this.#turns.get(aor)?.shift();
    if (next === undefined) {
      this.#turns.delete(aor);
      return;
    }
    next.holds = aor;
    this.#feed(next, nowMs, (_, atMs, out) => this.#lookup(next, aor, atMs, out));
  }
}
