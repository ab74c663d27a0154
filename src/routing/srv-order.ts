import type { SrvRecord } from "../base/dns.ts";

/** Records of one service beyond that are not looked at; who publishes more publishes them for somebody else. */
export const SRV_RECORDS_MAX = 32;

/**
 * SRV records in the order to try them: by priority, and within one drawn by weight (RFC 2782, "Usage rules").
 * `fraction` gives a number from 0 up to 1.
 */
export function srvInOrder(records: readonly SrvRecord[], fraction: () => number): SrvRecord[] {
  const sorted = records
    .slice(0, SRV_RECORDS_MAX)
    // Those without weight first within their priority, so that they are chosen only when the draw falls on zero.
    .toSorted((one, other) => one.priority - other.priority || one.weight - other.weight);
  const ordered: SrvRecord[] = [];
  while (sorted.length > 0) ordered.push(...sorted.splice(drawnOf(sorted, fraction), 1));
  return ordered;
}

/** Which of the first priority: the first whose running sum of weights reaches a number drawn from 0 to their sum. */
function drawnOf(records: readonly SrvRecord[], fraction: () => number): number {
  const priority = records[0]?.priority;
  let total = 0;
  let count = 0;
  for (const record of records) {
    if (record.priority !== priority) break;
    total += record.weight;
    count += 1;
  }
  if (count === 1) return 0;
  const mark = Math.floor(fraction() * (total + 1));
  let sum = 0;
  for (let at = 0; at < count; at += 1) {
    sum += records[at]?.weight ?? 0;
    if (sum >= mark) return at;
  }
  return 0;
}
