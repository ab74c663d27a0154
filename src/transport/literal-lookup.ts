import type { lookup } from "node:dns";

type Answer = (error: null, address: string, family: number) => void;

function asItIs(address: string, family: unknown, answer: Answer): void {
  answer(null, address, family === 6 ? 6 : 4);
}

/**
 * The `lookup` of our UDP sockets: the address as it is, at once. Node would otherwise go through `dns.lookup`
 * for each datagram, IP literal or not, and send in a later tick.
 */
export const literalLookup = asItIs as typeof lookup;
