import type { Gateway, GatewayHealth, ProbeResult, ProbeSettings } from "./gateway.ts";

/** One that answered so far and now does not is asked again that soon: it shall not take a whole round to be sure. */
const DOUBT_MS = 1_000;
/** The first probes of all gateways are spread over that time. */
const FIRST_WITHIN_MS = 1_000;
/** How far a round may be shorter or longer, so that servers started together do not ask together for ever. */
const JITTER = 0.1;

/** What a probe proves. The first row that fits holds. */
export const probeTable: readonly {
  readonly fits: (result: ProbeResult) => boolean;
  readonly isUp: boolean;
  readonly rfc: string;
}[] = [
  { fits: (result) => !/^[0-9]/.test(result), isUp: false, rfc: "RFC 3263 §4.3" },
  // Not its own word: somebody on the way had no answer from it.
  { fits: (result) => result === "408", isUp: false, rfc: "RFC 3261 §21.4.9" },
  { fits: (result) => result === "503", isUp: false, rfc: "RFC 3261 §21.5.4" },
  // Any other answer is given by somebody who is there; many gateways refuse OPTIONS and take calls.
  { fits: () => true, isUp: true, rfc: "RFC 3261 §11.2" },
];

/** What the last probe came to. */
export interface LastProbe {
  readonly atMs: number;
  readonly tookMs: number;
  readonly result: ProbeResult;
}

/**
 * When one gateway is asked with OPTIONS, and what it is taken for by the answers. Holds no clock and no socket: call
 * `advance` by `deadlineMs`, and tell what came of each asking.
 */
export class GatewayProbe {
  readonly gateway: Gateway;
  last: LastProbe | undefined = undefined;
  readonly #settings: ProbeSettings;
  readonly #fraction: () => number;
  #nextAtMs = Infinity;
  #startedAtMs = 0;
  #lateAtMs = Infinity;
  #failures = 0;
  #successes = 0;

  constructor(gateway: Gateway, settings: ProbeSettings, fraction: () => number) {
    this.gateway = gateway;
    this.#settings = settings;
    this.#fraction = fraction;
  }

  /** When `advance` is due; `Infinity` before `start`. */
  get deadlineMs(): number {
    return Math.min(this.#nextAtMs, this.#lateAtMs);
  }

  get isAsking(): boolean {
    return this.#lateAtMs < Infinity;
  }

  start(nowMs: number): void {
    this.#nextAtMs = nowMs + this.#fraction() * Math.min(FIRST_WITHIN_MS, this.#settings.everyMs);
  }

  /** "ask": send OPTIONS now; "late": the one that was sent has had its time; undefined: nothing is due. */
  advance(nowMs: number): "ask" | "late" | undefined {
    if (this.#lateAtMs <= nowMs) return "late";
    if (this.#nextAtMs > nowMs) return undefined;
    this.#nextAtMs = Infinity;
    this.#startedAtMs = nowMs;
    this.asksOn(nowMs);
    return "ask";
  }

  /** The next destination of the same gateway is asked: it has its own time. */
  asksOn(nowMs: number): void {
    this.#lateAtMs = nowMs + this.#settings.timeoutMs;
  }

  /** What the asking came to in the end. @returns its health where that has changed */
  ended(result: ProbeResult, nowMs: number): GatewayHealth | undefined {
    this.#lateAtMs = Infinity;
    this.last = { atMs: nowMs, tookMs: nowMs - this.#startedAtMs, result };
    const isUp = isAnswer(result);
    this.#successes = isUp ? this.#successes + 1 : 0;
    this.#failures = isUp ? 0 : this.#failures + 1;
    const changed = this.#judged(result, nowMs);
    if (changed !== undefined) this.gateway.health = changed;
    this.#nextAtMs = nowMs + this.#pauseMs();
    return changed;
  }

  #judged(result: ProbeResult, nowMs: number): GatewayHealth | undefined {
    const { state } = this.gateway.health;
    const { downAfter, upAfter } = this.#settings;
    // The first answer is as good as any: until it nothing was known.
    const upNow = state === "unknown" ? this.#successes > 0 : this.#successes >= upAfter;
    if (upNow && state !== "up") return { state: "up", sinceMs: nowMs, result };
    if (this.#failures >= downAfter && state !== "down") {
      return { state: "down", sinceMs: nowMs, result };
    }
    return undefined;
  }

  #pauseMs(): number {
    const { everyMs } = this.#settings;
    const inDoubt = this.#failures > 0 && this.gateway.health.state !== "down";
    const pauseMs = inDoubt ? Math.min(DOUBT_MS, everyMs) : everyMs;
    return pauseMs * (1 - JITTER + 2 * JITTER * this.#fraction());
  }
}

/** Does that result show that somebody is there who takes requests? */
export function isAnswer(result: ProbeResult): boolean {
  return probeTable.find(({ fits }) => fits(result))?.isUp === true;
}
