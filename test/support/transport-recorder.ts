import type { TransportLimits } from "../../src/transport/limits.ts";
import type { Flow, TransportEvents } from "../../src/transport/types.ts";

/** Small enough for a test to reach each of them. */
export const limits: TransportLimits = {
  messageSizeBytes: 65_535,
  headerSizeBytes: 32_768,
  connections: 40,
  connectionsPerAddress: 20,
  connectTimeoutMs: 200,
  firstMessageMs: 10_000,
  messageMs: 15_000,
  idleMs: 60_000,
  writeQueueBytes: 200_000,
  writeStallMs: 5_000,
  flowsKept: 100,
  datagramsQueued: 100,
  receiveBufferBytes: 65_536,
  watchedDestinations: 4,
  watchMs: 40_000,
};

export interface Recorded {
  readonly kind: keyof TransportEvents;
  readonly flow: Flow;
  readonly text: string;
  readonly token: number;
  readonly detail: string;
}

/** Keeps what a transport told, for a test to wait for. */
export class Recorder implements TransportEvents {
  readonly #kept: Recorded[] = [];
  #wake: (() => void) | undefined;
  /** Called for each message from a stream, before it is kept. */
  onMessage: ((text: string, flow: Flow) => void) | undefined;

  get count(): number {
    return this.#kept.length;
  }

  /** The oldest of that kind that nobody took yet. */
  async next(kind: Recorded["kind"]): Promise<Recorded> {
    for (;;) {
      const at = this.#kept.findIndex((one) => one.kind === kind);
      if (at !== -1) return this.#kept.splice(at, 1)[0]!;
      // oxlint-disable-next-line no-await-in-loop
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  datagram(text: string, flow: Flow): void {
    this.#keep({ kind: "datagram", flow, text, token: 0, detail: "" });
  }

  message(text: string, flow: Flow): void {
    this.onMessage?.(text, flow);
    this.#keep({ kind: "message", flow, text, token: 0, detail: "" });
  }

  unframable(text: string, flow: Flow): void {
    this.#keep({ kind: "unframable", flow, text, token: 0, detail: "" });
  }

  sendFailed(flow: Flow, token: number, detail: string): void {
    this.#keep({ kind: "sendFailed", flow, text: "", token, detail });
  }

  closed(flow: Flow): void {
    this.#keep({ kind: "closed", flow, text: "", token: 0, detail: "" });
  }

  #keep(event: Recorded): void {
    this.#kept.push(event);
    this.#wake?.();
  }
}
