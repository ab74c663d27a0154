import { isIP } from "node:net";
import { z } from "zod";

// Each leaf's error text says what is accepted there; `check.ts` puts the path and what was given before it.

const DOMAIN_ACCEPTED =
  "accepted: a host name such as example.org, an IPv4 address, or an IPv6 address in brackets";
const HOST_NAME =
  /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** From `lowest` to `highest`, both included. */
export function whole(lowest: number, highest: number, unit = "") {
  const of = unit === "" ? "" : ` of ${unit}`;
  const error = `accepted: a whole number${of} from ${lowest} to ${highest}`;
  return z.int({ error }).min(lowest, { error }).max(highest, { error });
}

/** One of these words and no other. */
export function oneOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  const known = names.map((name) => JSON.stringify(name)).join(" or ");
  return z.enum(names, { error: `accepted: ${known}` });
}

/** Text that is not empty. */
export function text(what: string) {
  const error = `accepted: ${what}`;
  return z.string({ error }).min(1, { error });
}

/** Text of one form, with one thing to say about it. */
export function oneLine(error: string, fits: (given: string) => boolean) {
  return z.string({ error }).refine(fits, { error });
}

/** A list of a length from `min` to `max`; each of its parts says what is wrong with itself. */
export function list<Part extends z.ZodType>(part: Part, error: string, min: number, max: number) {
  return z.array(part, { error }).min(min, { error }).max(max, { error });
}

/** Known keys only. */
export function section<Shape extends z.core.$ZodLooseShape>(name: string, shape: Shape) {
  return z.strictObject(shape, { error: `accepted: an object, ${name}: { … }` });
}

/** A host name, an IPv4 address, or an IPv6 address in brackets. */
export function isHost(name: string): boolean {
  return HOST_NAME.test(name) || isIpv6Reference(name);
}

function isIpv6Reference(name: string): boolean {
  return name.startsWith("[") && name.endsWith("]") && isIP(name.slice(1, -1)) === 6;
}

export const domain = oneLine(DOMAIN_ACCEPTED, isHost).transform((name) => name.toLowerCase());
