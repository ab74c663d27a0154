export { InviteClientTransaction } from "./invite-client.ts";
export { InviteServerTransaction } from "./invite-server.ts";
export { clientTransactionKey, inviteKeyOf, serverTransactionKey } from "./matching.ts";
export { NonInviteClientTransaction } from "./non-invite-client.ts";
export { NonInviteServerTransaction } from "./non-invite-server.ts";
export type { Moved, TransactionOutput, TransactionState } from "./output.ts";
export { T1_MS, T2_MS, T4_MS, TRANSACTION_LIFETIME_MS } from "./timers.ts";
