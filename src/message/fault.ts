import type { ExpectedThing } from "./expected.ts";

/**
 * Where the last scan stopped, and what the grammar wanted there. Scanners are on the hot path and return a plain
 * offset; this is written only when one returns -1, and its caller reads it before anything else is scanned.
 * Nothing is kept here between messages.
 */
export const lastFault: { offset: number; expected: ExpectedThing } = {
  offset: 0,
  expected: "uri",
};

/** Notes a fault; returns the -1 that the scanner returns. */
export function faultAt(offset: number, expected: ExpectedThing): -1 {
  lastFault.offset = offset;
  lastFault.expected = expected;
  return -1;
}
