/** An estimate of the round-trip time, and the first retransmission interval (RFC 3261 §17.1.1.1). */
export const T1_MS = 500;

/** The longest interval between retransmissions of a non-INVITE request or an INVITE response (§17.1.2.2). */
export const T2_MS = 4000;

/** How long the network may take to clear a message (§17.1.2.2): Timers I and K. */
export const T4_MS = 5000;

/** 64*T1: Timers B, F, H, J, L and M, and what the other side waits when it never hears from us. */
export const TRANSACTION_LIFETIME_MS = 64 * T1_MS;

/** RFC 3261 §17.1.1.2 asks for "at least 32 seconds", whatever T1 is: the server's T1 is not ours to know. */
export const TIMER_D_MS = 32_000;

/** When the Timer E of a client has reached T2: 0.5 s + 1 s + 2 s after its request (RFC 4320 §4.1). */
export const PROVISIONAL_DUE_MS = T1_MS + 2 * T1_MS + 4 * T1_MS;

/** An offset from the moment a state was entered; 0 for a timer that does not run. */
export const OFF = 0;
