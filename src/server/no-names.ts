import type { Resolver } from "./parts.ts";

/** For worlds of addresses alone: no name leads anywhere. */
export const NO_NAMES: Resolver = {
  ask: () => ({ kind: "none", detail: "no names are looked up here" }),
};
