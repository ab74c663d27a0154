import type { TransitionTable } from "./transition.ts";

export type InviteClientState = "calling" | "proceeding" | "accepted" | "completed" | "terminated";
export const inviteClientSignals = [
  "1xx",
  "2xx",
  "3xx-6xx",
  "timerA",
  "timerB",
  "timerD",
  "timerM",
  "transportError",
] as const;
export type InviteClientSignal = (typeof inviteClientSignals)[number];
export type InviteClientAction =
  | "sendInvite"
  | "sendAck"
  | "passUp"
  | "reportTimeout"
  | "reportTransportError";

/** RFC 3261 figure 5 as replaced by RFC 6026 §8.4. An empty cell means: absorb silently. */
export const inviteClientTable: TransitionTable<
  InviteClientState,
  InviteClientSignal,
  InviteClientAction
> = {
  calling: {
    timerA: { next: "calling", actions: ["sendInvite"], rfc: "RFC 3261 §17.1.1.2" },
    timerB: { next: "terminated", actions: ["reportTimeout"], rfc: "RFC 3261 §17.1.1.2" },
    transportError: {
      next: "terminated",
      actions: ["reportTransportError"],
      rfc: "RFC 3261 §17.1.4",
    },
    "1xx": { next: "proceeding", actions: ["passUp"], rfc: "RFC 3261 §17.1.1.2" },
    "2xx": { next: "accepted", actions: ["passUp"], rfc: "RFC 6026 §7.2" },
    "3xx-6xx": { next: "completed", actions: ["sendAck", "passUp"], rfc: "RFC 6026 §8.4" },
  },
  // Nothing is being sent here, so a transport error is about something old: figure 5 has no such arrow.
  proceeding: {
    "1xx": { next: "proceeding", actions: ["passUp"], rfc: "RFC 3261 §17.1.1.2" },
    "2xx": { next: "accepted", actions: ["passUp"], rfc: "RFC 6026 §7.2" },
    "3xx-6xx": { next: "completed", actions: ["sendAck", "passUp"], rfc: "RFC 6026 §8.4" },
  },
  accepted: {
    "2xx": { next: "accepted", actions: ["passUp"], rfc: "RFC 6026 §7.2" },
    timerM: { next: "terminated", actions: [], rfc: "RFC 6026 §7.2" },
  },
  completed: {
    "3xx-6xx": { next: "completed", actions: ["sendAck"], rfc: "RFC 6026 §8.4" },
    timerD: { next: "terminated", actions: [], rfc: "RFC 6026 §8.4" },
    // The ACK was lost. Its user has its final response already: `moved` informs it, `failed` would mislead it.
    transportError: { next: "terminated", actions: [], rfc: "RFC 6026 §8.4" },
  },
  terminated: {},
};
