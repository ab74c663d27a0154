import type { TransitionTable } from "./transition.ts";

export type NonInviteServerState = "trying" | "proceeding" | "completed" | "terminated";
export const nonInviteServerSignals = [
  "request",
  "1xx",
  "forbidden1xx",
  "408",
  "2xx-6xx",
  "provisionalDue",
  "clientGaveUp",
  "timerJ",
  "transportError",
] as const;
export type NonInviteServerSignal = (typeof nonInviteServerSignals)[number];
export type NonInviteServerAction = "send" | "sendAgain" | "askForProvisional" | "drop";

/**
 * RFC 3261 figure 8 as amended by RFC 4320 and RFC 6026 §8.8. An empty cell means: absorb silently. `forbidden1xx`
 * is a provisional response that RFC 4320 §4.1 does not allow: any but 100, and a 100 over UDP before 3.5 s.
 * `clientGaveUp` is 64*T1 after the request: the client's Timer F has fired, and no answer can reach it any more.
 */
export const nonInviteServerTable: TransitionTable<
  NonInviteServerState,
  NonInviteServerSignal,
  NonInviteServerAction
> = {
  trying: {
    request: { next: "trying", actions: [], rfc: "RFC 3261 §17.2.2" },
    "1xx": { next: "proceeding", actions: ["send"], rfc: "RFC 3261 §17.2.2" },
    forbidden1xx: { next: "trying", actions: ["drop"], rfc: "RFC 4320 §4.1" },
    "408": { next: "trying", actions: ["drop"], rfc: "RFC 4320 §4.2" },
    "2xx-6xx": { next: "completed", actions: ["send"], rfc: "RFC 3261 §17.2.2" },
    provisionalDue: { next: "trying", actions: ["askForProvisional"], rfc: "RFC 4320 §4.1" },
    clientGaveUp: { next: "terminated", actions: [], rfc: "RFC 4320 §4.2" },
    transportError: { next: "trying", actions: [], rfc: "RFC 6026 §8.8" },
  },
  proceeding: {
    request: { next: "proceeding", actions: ["sendAgain"], rfc: "RFC 3261 §17.2.2" },
    "1xx": { next: "proceeding", actions: ["send"], rfc: "RFC 3261 §17.2.2" },
    forbidden1xx: { next: "proceeding", actions: ["drop"], rfc: "RFC 4320 §4.1" },
    "408": { next: "proceeding", actions: ["drop"], rfc: "RFC 4320 §4.2" },
    "2xx-6xx": { next: "completed", actions: ["send"], rfc: "RFC 3261 §17.2.2" },
    clientGaveUp: { next: "terminated", actions: [], rfc: "RFC 4320 §4.2" },
    transportError: { next: "proceeding", actions: [], rfc: "RFC 6026 §8.8" },
  },
  completed: {
    request: { next: "completed", actions: ["sendAgain"], rfc: "RFC 3261 §17.2.2" },
    "1xx": { next: "completed", actions: ["drop"], rfc: "RFC 3261 §17.2.2" },
    forbidden1xx: { next: "completed", actions: ["drop"], rfc: "RFC 4320 §4.1" },
    "408": { next: "completed", actions: ["drop"], rfc: "RFC 4320 §4.2" },
    "2xx-6xx": { next: "completed", actions: ["drop"], rfc: "RFC 3261 §17.2.2" },
    timerJ: { next: "terminated", actions: [], rfc: "RFC 3261 §17.2.2" },
    transportError: { next: "completed", actions: [], rfc: "RFC 6026 §8.8" },
  },
  terminated: {
    "1xx": { next: "terminated", actions: ["drop"], rfc: "RFC 4320 §4.2" },
    forbidden1xx: { next: "terminated", actions: ["drop"], rfc: "RFC 4320 §4.2" },
    "408": { next: "terminated", actions: ["drop"], rfc: "RFC 4320 §4.2" },
    "2xx-6xx": { next: "terminated", actions: ["drop"], rfc: "RFC 4320 §4.2" },
  },
};
