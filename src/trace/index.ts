export { traceEvents, type TraceEvent, type TraceEventKind, type TraceValues } from "./events.ts";
export { caseIdOf, type KeptMessage, type RunningTimer, type TraceRecord } from "./record.ts";
export { eventsOf, Trace, TRACE_EVENT_LIMIT, type TraceValue } from "./trace.ts";
export type { Ladder, LadderColumn, LadderRow } from "./ladder.ts";
