import type { Flow } from "../transport/index.ts";

/** More are lost, as if the server were not up yet. */
const EARLY_MAX = 1_024;

interface EarlyMessage {
  readonly text: string;
  readonly flow: Flow;
}

/**
 * What comes while listeners are still being opened: one is bound, the next is not, and a Route to either would look
 * like a stranger's. Held until all of them are known.
 */
export class EarlyMessages {
  #held: EarlyMessage[] | undefined = [];

  /** @returns false when it is not early any more */
  holds(text: string, flow: Flow): boolean {
    if (this.#held === undefined) return false;
    if (this.#held.length < EARLY_MAX) this.#held.push({ text, flow });
    return true;
  }

  /** From here on nothing is held. */
  release(): readonly EarlyMessage[] {
    const held = this.#held ?? [];
    this.#held = undefined;
    return held;
  }
}
