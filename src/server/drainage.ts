import type { SipServer } from "./create-server.ts";

/** How often it is looked whether the last call has ended. */
const LOOK_AGAIN_MS = 100;

/** Ends a server once: at once, or when the requests in progress have ended, at the latest after the time given. */
export class Drainage {
  readonly #sip: SipServer;
  readonly #closeAll: () => Promise<void>;
  #closing: Promise<void> | undefined = undefined;

  constructor(sip: SipServer, closeAll: () => Promise<void>) {
    this.#sip = sip;
    this.#closeAll = closeAll;
  }

  close(drainMs: number): Promise<void> {
    this.#closing ??= this.#drain(drainMs);
    return this.#closing;
  }

  async #drain(drainMs: number): Promise<void> {
    this.#sip.drain();
    const endMs = performance.now() + drainMs;
    while (performance.now() < endMs && this.#sip.pending().length > 0) {
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => {
        setTimeout(resolve, LOOK_AGAIN_MS);
      });
    }
    await this.#closeAll();
  }
}
