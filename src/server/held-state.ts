import type { OutgoingFlows } from "./outgoing-flows.ts";
import type { RegistrarDriver } from "./registrar-driver.ts";
import type { TransactionDriver } from "./transaction-driver.ts";

/** How much of each kind a server holds. All but `dialogFlows` is nothing when nothing runs any more. */
export interface HeldState {
  readonly servers: number;
  /** Requests that run on though their server transaction has ended. */
  readonly outlived: number;
  readonly clients: number;
  readonly deadlines: number;
  /** REGISTERs that have no answer yet, those that wait for their turn included. */
  readonly registrations: number;
  /** Questions to stores that have no answer yet. */
  readonly questions: number;
  /** Requests that the transport would tell the failure of. */
  readonly awaited: number;
  /** Ends of dialogs whose connection is remembered: the latest, up to their limit. */
  readonly dialogFlows: number;
}

/** `askers` besides the registrar. Probes of gateways go on for ever, and are not counted. */
export function heldBy(
  transactions: TransactionDriver,
  registrar: RegistrarDriver,
  others: {
    readonly askers: readonly { readonly openQuestions: number }[];
    readonly probes: { readonly bookedCount: number; readonly askingCount: number };
  },
  outgoing: OutgoingFlows,
): HeldState {
  const { serverCount, outlived, clients, endedClients, deadlines, awaitedCount } = transactions;
  const { askers, probes } = others;
  const { bookedCount, askingCount } = probes;
  return {
    servers: serverCount,
    outlived: outlived.size,
    clients: clients.size + endedClients.size - askingCount,
    deadlines: deadlines.size - bookedCount - askingCount,
    registrations: registrar.running.size,
    questions: askers.reduce(
      (sum, { openQuestions }) => sum + openQuestions,
      registrar.openQuestions,
    ),
    awaited: awaitedCount - askingCount,
    dialogFlows: outgoing.rememberedCount,
  };
}
