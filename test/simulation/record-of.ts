import type { TraceRecord } from "../../src/trace/index.ts";
import type { UpstreamExchange } from "./exchanges.ts";

/** Traces keep microseconds; the wire keeps floats. */
const SAME_MOMENT_MS = 0.002;

/** The case of a request, by the moment it came. */
export function recordOf(
  { request, arrivals }: Pick<UpstreamExchange, "request" | "arrivals">,
  byCallId: ReadonlyMap<string, readonly TraceRecord[]>,
): TraceRecord | undefined {
  const { callId, method } = request;
  return byCallId
    .get(callId)
    ?.find(
      (record) => record.method === method && isSameMoment(record.startedAtMs, arrivals[0]?.atMs),
    );
}

export function isSameMoment(one: number, other: number | undefined): boolean {
  return other !== undefined && Math.abs(one - other) <= SAME_MOMENT_MS;
}
