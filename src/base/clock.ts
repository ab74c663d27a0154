/** Milliseconds since the epoch, with fractions where the clock has them; never goes back. */
export interface Clock {
  nowMs(): number;
  /** Calls `wake` once at `atMs` (at once when that is past, never at `Infinity`). A later booking replaces an earlier one. */
  wakeAt(atMs: number, wake: () => void): void;
}
