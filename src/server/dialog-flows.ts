import { flat } from "../base/flat.ts";
import type { Flow } from "../transport/index.ts";

/** Remembered remote targets; the oldest goes when there are more. Two for each call over connections. */
const DIALOG_FLOWS_MAX = 100_000;

/**
 * Which connection each end of a dialog spoke over. A phone behind a NAT names an address in its Contact that nobody
 * can dial, so what is sent to that Contact inside the dialog goes over the connection it named it on, while that is
 * open. Kept for each Call-ID apart: two phones may well give the same private address.
 */
export class DialogFlows {
  readonly #flows = new Map<string, Flow>();

  get size(): number {
    return this.#flows.size;
  }

  /** `contactUri` is the remote target that came over `flow` in a dialog-forming message (RFC 3261 §12.1). */
  remember(callId: string, contactUri: string, flow: Flow): void {
    const key = keyOf(callId, contactUri);
    this.#flows.delete(key);
    this.#flows.set(key, flow);
    if (this.#flows.size <= DIALOG_FLOWS_MAX) return;
    for (const oldest of this.#flows.keys()) {
      this.#flows.delete(oldest);
      return;
    }
  }

  find(callId: string, requestUri: string): Flow | undefined {
    return this.#flows.size === 0 ? undefined : this.#flows.get(keyOf(callId, requestUri));
  }
}

function keyOf(callId: string, uri: string): string {
  return flat(`${callId} ${uri}`);
}
