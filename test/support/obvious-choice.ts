/** A final that could go upstream: its status, and whether it is one of ours for a branch that gave none. */
export interface Seen {
  readonly statusCode: number;
  readonly isMade: boolean;
}

/**
 * RFC 3261 §16.7 step 6 written down as it is read, with no thought of speed: what the caller must get of finals that
 * were not forwarded at once, in the order they came. Independent of the code that it judges.
 */
export function obviousChoice<Final extends Seen>(
  seen: readonly Final[],
  method: string,
  wasCancelled: boolean,
): Final | undefined {
  const sendable = seen.filter(({ statusCode }) => method === "INVITE" || statusCode !== 408);
  if (sendable.length === 0) return undefined;
  const classOf = ({ statusCode }: Seen): number => Math.floor(statusCode / 100);
  const sixes = sendable.filter((one) => classOf(one) === 6);
  const lowest = Math.min(...sendable.map(classOf));
  const pool = sixes.length > 0 ? sixes : sendable.filter((one) => classOf(one) === lowest);
  const preferences: readonly ((one: Seen) => boolean)[] = [
    ({ statusCode }) => wasCancelled && statusCode === 487,
    ({ statusCode, isMade }) => !isMade && [401, 407, 415, 420, 484].includes(statusCode),
    ({ statusCode, isMade }) => !isMade && ![404, 408, 480, 481, 487, 503].includes(statusCode),
    ({ statusCode, isMade }) => !isMade && [404, 480, 481].includes(statusCode),
    ({ statusCode, isMade }) => !isMade && [408, 503].includes(statusCode),
    ({ statusCode, isMade }) => isMade && statusCode !== 487,
    () => true,
  ];
  for (const prefers of preferences) {
    const chosen = pool.find(prefers);
    if (chosen !== undefined) return chosen;
  }
  return undefined;
}

/** What goes out for it: a 503 of somebody else would say that we ourselves serve nobody (RFC 3261 §16.7 step 6). */
export function sentOf(chosen: Seen | undefined): number | undefined {
  if (chosen === undefined) return undefined;
  return chosen.statusCode === 503 && !chosen.isMade ? 500 : chosen.statusCode;
}
