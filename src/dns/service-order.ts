import type { SrvRecord } from "node:dns";

/**
 * SRV records in the order to try them: by priority, and within one drawn by weight (RFC 2782).
 * `fraction` gives a number from 0 up to 1.
 */
export function inOrder(records: readonly SrvRecord[], fraction: () => number): SrvRecord[] {
  const ordered: SrvRecord[] = [];
  const priorities = [...new Set(records.map(({ priority }) => priority))].toSorted(
    (a, b) => a - b,
  );
  for (const priority of priorities) {
    // Those without weight come first in the draw, so that they are chosen only when it falls on zero.
    const left = records
      .filter((record) => record.priority === priority)
      .toSorted((a, b) => a.weight - b.weight);
    while (left.length > 0) ordered.push(...left.splice(drawn(left, fraction), 1));
  }
  return ordered;
}

function drawn(records: readonly SrvRecord[], fraction: () => number): number {
  const total = records.reduce((sum, { weight }) => sum + weight, 0);
  const mark = Math.floor(fraction() * (total + 1));
  let sum = 0;
  const at = records.findIndex(({ weight }) => (sum += weight) >= mark);
  return Math.max(at, 0);
}
