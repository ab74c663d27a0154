import { because, type CauseId, type EvidenceOf, type StatusCodeOf } from "../causes/index.ts";
import {
  caseIdOf,
  Trace,
  type TraceEventKind,
  type TraceRecord,
  type TraceValues,
} from "../trace/index.ts";

/** When every example case begins. */
export const START_MS = 1_750_000_000_000;

const ALICE_PEER = "udp:192.0.2.17:5060";

/**
 * A case for tests, written as it would be traced: `at(3.1)` moves the clock to 3.1 ms after the start, and what
 * follows happens then.
 */
export class ExampleCase {
  readonly trace = new Trace(START_MS);
  #nowMs = START_MS;
  #record: Partial<TraceRecord> = {};

  constructor(record: Partial<TraceRecord> = {}) {
    this.#record = record;
    const requestUri = record.requestUri ?? "sip:bob@example.org";
    this.trace.add("request-received", START_MS, record.method ?? "INVITE", requestUri, ALICE_PEER);
  }

  at(ms: number): this {
    this.#nowMs = START_MS + ms;
    return this;
  }

  add<K extends TraceEventKind>(kind: K, ...fields: TraceValues<K>): this {
    this.trace.add(kind, this.#nowMs, ...fields);
    return this;
  }

  trying(): this {
    return this.add("response-sent", 100, "Trying", "own", 0);
  }

  branch(number: number, target: string, destination: string): this {
    return this.add("branch-started", number, target, destination);
  }

  got(branch: number, statusCode: number, reasonPhrase: string): this {
    this.add("response-received", branch, statusCode, reasonPhrase, "");
    return statusCode < 200 ? this : this.add("branch-ended", branch, statusCode);
  }

  relayed(branch: number, statusCode: number, reasonPhrase: string): this {
    this.#record = { ...this.#record, statusCode };
    return this.add("response-sent", statusCode, reasonPhrase, "relayed", branch);
  }

  /** Our own refusal, sent at once. */
  refused<Id extends CauseId>(
    id: Id,
    statusCode: StatusCodeOf<Id>,
    evidence: EvidenceOf<Id>,
  ): this {
    this.#record = { ...this.#record, statusCode, causeId: id };
    this.trace.refuse(because(id, statusCode, evidence), this.#nowMs);
    return this.add("response-sent", statusCode, "", "own", 0);
  }

  ended(): TraceRecord {
    return this.#toRecord(this.#nowMs);
  }

  pending(timers: TraceRecord["timers"] = []): TraceRecord {
    return { ...this.#toRecord(undefined), timers };
  }

  #toRecord(endedAtMs: number | undefined): TraceRecord {
    const callId = this.#record.callId ?? "3f9a7c1e@192.0.2.17";
    return {
      caseId: caseIdOf(callId),
      callId,
      method: "INVITE",
      requestUri: "sip:bob@example.org",
      from: "sip:alice@example.org",
      to: "sip:bob@example.org",
      peer: ALICE_PEER,
      startedAtMs: START_MS,
      endedAtMs,
      statusCode: 0,
      causeId: "",
      values: this.trace.values,
      droppedCount: this.trace.droppedCount,
      messages: [],
      timers: [],
      ...this.#record,
    };
  }
}
