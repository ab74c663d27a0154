import type { TransitionTable } from "./transition.ts";

export type InviteServerState =
  | "proceeding"
  | "accepted"
  | "completed"
  | "confirmed"
  | "terminated";
export const inviteServerSignals = [
  "INVITE",
  "ACK",
  "1xx",
  "2xx",
  "3xx-6xx",
  "timerG",
  "timerH",
  "timerI",
  "timerL",
  "transportError",
] as const;
export type InviteServerSignal = (typeof inviteServerSignals)[number];
export type InviteServerAction = "send" | "sendAgain" | "passUpAck" | "drop";

/**
 * RFC 3261 figure 7 as replaced by RFC 6026 §8.6 (§6, §8.5 and §8.7 of it say the same). An empty cell means: absorb silently. Responses are its user's
 * doing, the 100 included. A transport error and a missing ACK (Timer H) reach its user as the `moved` of their rows:
 * there is nothing left for it to decide.
 */
export const inviteServerTable: TransitionTable<
  InviteServerState,
  InviteServerSignal,
  InviteServerAction
> = {
  proceeding: {
    INVITE: { next: "proceeding", actions: ["sendAgain"], rfc: "RFC 3261 §17.2.1" },
    "1xx": { next: "proceeding", actions: ["send"], rfc: "RFC 3261 §17.2.1" },
    "2xx": { next: "accepted", actions: ["send"], rfc: "RFC 6026 §7.1" },
    "3xx-6xx": { next: "completed", actions: ["send"], rfc: "RFC 3261 §17.2.1" },
    transportError: { next: "proceeding", actions: [], rfc: "RFC 6026 §8.8" },
  },
  accepted: {
    INVITE: { next: "accepted", actions: [], rfc: "RFC 6026 §7.1" },
    ACK: { next: "accepted", actions: ["passUpAck"], rfc: "RFC 6026 §7.1" },
    "1xx": { next: "accepted", actions: ["drop"], rfc: "RFC 6026 §7.1" },
    "2xx": { next: "accepted", actions: ["send"], rfc: "RFC 6026 §7.1" },
    "3xx-6xx": { next: "accepted", actions: ["drop"], rfc: "RFC 6026 §7.1" },
    timerL: { next: "terminated", actions: [], rfc: "RFC 6026 §7.1" },
    transportError: { next: "accepted", actions: [], rfc: "RFC 6026 §8.8" },
  },
  completed: {
    INVITE: { next: "completed", actions: ["sendAgain"], rfc: "RFC 3261 §17.2.1" },
    ACK: { next: "confirmed", actions: [], rfc: "RFC 3261 §17.2.1" },
    "1xx": { next: "completed", actions: ["drop"], rfc: "RFC 3261 §17.2.1" },
    "2xx": { next: "completed", actions: ["drop"], rfc: "RFC 3261 §17.2.1" },
    "3xx-6xx": { next: "completed", actions: ["drop"], rfc: "RFC 3261 §17.2.1" },
    timerG: { next: "completed", actions: ["sendAgain"], rfc: "RFC 3261 §17.2.1" },
    timerH: { next: "terminated", actions: [], rfc: "RFC 3261 §17.2.1" },
    transportError: { next: "completed", actions: [], rfc: "RFC 6026 §8.8" },
  },
  confirmed: {
    ACK: { next: "confirmed", actions: [], rfc: "RFC 3261 §17.2.1" },
    "1xx": { next: "confirmed", actions: ["drop"], rfc: "RFC 3261 §17.2.1" },
    "2xx": { next: "confirmed", actions: ["drop"], rfc: "RFC 3261 §17.2.1" },
    "3xx-6xx": { next: "confirmed", actions: ["drop"], rfc: "RFC 3261 §17.2.1" },
    timerI: { next: "terminated", actions: [], rfc: "RFC 3261 §17.2.1" },
  },
  terminated: {
    "1xx": { next: "terminated", actions: ["drop"], rfc: "RFC 6026 §8.3" },
    "2xx": { next: "terminated", actions: ["drop"], rfc: "RFC 6026 §8.3" },
    "3xx-6xx": { next: "terminated", actions: ["drop"], rfc: "RFC 6026 §8.3" },
  },
};
