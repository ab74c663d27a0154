import type { TransitionTable } from "./transition.ts";

export type NonInviteClientState = "trying" | "proceeding" | "completed" | "terminated";
export const nonInviteClientSignals = [
  "1xx",
  "2xx-6xx",
  "timerE",
  "timerF",
  "timerK",
  "transportError",
] as const;
export type NonInviteClientSignal = (typeof nonInviteClientSignals)[number];
export type NonInviteClientAction =
  | "sendRequest"
  | "passUp"
  | "reportTimeout"
  | "reportTransportError";

/** RFC 3261 figure 6. An empty cell means: absorb silently. */
export const nonInviteClientTable: TransitionTable<
  NonInviteClientState,
  NonInviteClientSignal,
  NonInviteClientAction
> = {
  trying: {
    timerE: { next: "trying", actions: ["sendRequest"], rfc: "RFC 3261 §17.1.2.2" },
    timerF: { next: "terminated", actions: ["reportTimeout"], rfc: "RFC 3261 §17.1.2.2" },
    transportError: {
      next: "terminated",
      actions: ["reportTransportError"],
      rfc: "RFC 3261 §17.1.4",
    },
    "1xx": { next: "proceeding", actions: ["passUp"], rfc: "RFC 3261 §17.1.2.2" },
    "2xx-6xx": { next: "completed", actions: ["passUp"], rfc: "RFC 3261 §17.1.2.2" },
  },
  proceeding: {
    timerE: { next: "proceeding", actions: ["sendRequest"], rfc: "RFC 3261 §17.1.2.2" },
    timerF: { next: "terminated", actions: ["reportTimeout"], rfc: "RFC 3261 §17.1.2.2" },
    transportError: {
      next: "terminated",
      actions: ["reportTransportError"],
      rfc: "RFC 3261 §17.1.4",
    },
    "1xx": { next: "proceeding", actions: ["passUp"], rfc: "RFC 3261 §17.1.2.2" },
    "2xx-6xx": { next: "completed", actions: ["passUp"], rfc: "RFC 3261 §17.1.2.2" },
  },
  completed: {
    timerK: { next: "terminated", actions: [], rfc: "RFC 3261 §17.1.2.2" },
  },
  terminated: {},
};
