import type { Cause, SilentCause } from "../causes/index.ts";
import { traceEvents, type TraceEvent, type TraceEventKind, type TraceValues } from "./events.ts";

/** What an event is made of while it is kept: kinds, times and values in one flat array. */
export type TraceValue = string | number;

/** No trace holds more events than this; the middle is dropped, and the count says so. */
export const TRACE_EVENT_LIMIT = 256;
const KEPT_FROM_START = 64;

/**
 * The decision events of one request, in order.
 *
 * Hot path: a dozen events for each request. One array for all of them, no object an event; `eventsOf` makes the
 * objects when somebody reads.
 */
export class Trace {
  readonly startedAtMs: number;
  readonly values: TraceValue[] = [];
  /** How many events the limit cost. */
  droppedCount = 0;
  #count = 0;

  constructor(startedAtMs: number) {
    this.startedAtMs = startedAtMs;
  }

  get eventCount(): number {
    return this.#count;
  }

  add<K extends TraceEventKind>(kind: K, atMs: number, ...fields: TraceValues<K>): void {
    if (this.#count >= TRACE_EVENT_LIMIT) this.#dropOne();
    this.#count += 1;
    const values = this.values;
    // Microseconds since the start: a small integer, which V8 keeps without a box.
    values.push(kind, Math.round((atMs - this.startedAtMs) * 1000));
    for (let at = 0; at < fields.length; at += 1) values.push(fields[at] as TraceValue);
  }

  /** The reason for a final response of ours, or for none at all, with its evidence. */
  refuse(cause: Cause | SilentCause, atMs: number): void {
    const statusCode = "statusCode" in cause ? cause.statusCode : 0;
    this.add("refused", atMs, cause.id, statusCode, JSON.stringify(cause.evidence));
  }

  /** Keeps the first events, which tell how it began, and the latest, which tell how it ends. */
  #dropOne(): void {
    const values = this.values;
    let at = 0;
    for (let event = 0; event < KEPT_FROM_START; event += 1) at += widthAt(values, at);
    values.splice(at, widthAt(values, at));
    this.#count -= 1;
    this.droppedCount += 1;
  }
}

/** The events of a trace as objects, times absolute. Unknown kinds (of a newer version) end the list. */
export function eventsOf(startedAtMs: number, values: readonly TraceValue[]): TraceEvent[] {
  const events: TraceEvent[] = [];
  let at = 0;
  while (at < values.length) {
    const kind = values[at] as TraceEventKind;
    const fields: readonly string[] | undefined = traceEvents[kind];
    if (fields === undefined) break;
    const event: Record<string, unknown> = {
      kind,
      atMs: startedAtMs + (values[at + 1] as number) / 1000,
    };
    fields.forEach((field, index) => {
      event[field.endsWith(":n") ? field.slice(0, -2) : field] = values[at + 2 + index];
    });
    events.push(event as TraceEvent);
    at += 2 + fields.length;
  }
  return events;
}

function widthAt(values: readonly TraceValue[], at: number): number {
  return 2 + traceEvents[values[at] as TraceEventKind].length;
}
