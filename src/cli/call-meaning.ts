import type { Reference } from "../codes/index.ts";

/** What a final response means, in a sentence or two: the lead of its page. The whole is told by `nexthop code N`. */
export function meaningOf(statusCode: number, reference: Reference): string {
  const lead = reference.code(statusCode)?.text.lead;
  if (lead !== undefined) return lead;
  const taken = Math.floor(statusCode / 100) * 100;
  return `A number that nobody lists; a client takes it for ${taken} (RFC 3261 §8.1.3.2).`;
}
