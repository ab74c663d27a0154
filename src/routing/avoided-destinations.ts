import { formatEndpoint, type Endpoint } from "../base/endpoint.ts";

/** How long a destination that was found dead is tried last, where nothing else says so. */
export const AVOID_DEAD_MS_DEFAULT = 30_000;
/** A server that asks for more than that with its Retry-After is asked again all the same. */
export const AVOID_MS_MAX = 3_600_000;
/** Destinations remembered; the one that was found dead longest ago is forgotten first. */
export const AVOIDED_MAX = 10_000;

/** "silent": no response in time; "unreachable": the transport failed; "busy": 503 with Retry-After. */
export type AvoidReason = "silent" | "unreachable" | "busy";

/** One of them, and why. */
export interface Avoided {
  readonly destination: string;
  readonly untilMs: number;
  readonly reason: AvoidReason;
}

/**
 * Destinations that were found dead, for a time: the next request tries them last rather than first, and never not at
 * all (RFC 3261 §21.5.4, RFC 3263 §4.3). Kept across requests; a response from a destination takes it off the list.
 */
export class AvoidedDestinations {
  readonly #avoidDeadMs: number;
  readonly #byDestination = new Map<string, Avoided>();

  constructor(avoidDeadMs: number = AVOID_DEAD_MS_DEFAULT) {
    this.#avoidDeadMs = avoidDeadMs;
  }

  /** @returns until when it is avoided; `retryAfterMs` is what it asked for itself */
  avoid(
    destination: Endpoint,
    reason: AvoidReason,
    nowMs: number,
    retryAfterMs: number = this.#avoidDeadMs,
  ): number {
    const key = keyOf(destination);
    const untilMs = nowMs + Math.min(retryAfterMs, AVOID_MS_MAX);
    this.#byDestination.delete(key);
    if (this.#byDestination.size >= AVOIDED_MAX) {
      const oldest = this.#byDestination.keys().next();
      if (oldest.done !== true) this.#byDestination.delete(oldest.value);
    }
    if (untilMs > nowMs) this.#byDestination.set(key, { destination: key, untilMs, reason });
    return untilMs;
  }

  /** It answered. */
  trust(destination: Endpoint): void {
    if (this.#byDestination.size > 0) this.#byDestination.delete(keyOf(destination));
  }

  /** Why that destination is avoided now; undefined when it is not. */
  find(destination: Endpoint, nowMs: number): Avoided | undefined {
    if (this.#byDestination.size === 0) return undefined;
    const key = keyOf(destination);
    const avoided = this.#byDestination.get(key);
    if (avoided === undefined || avoided.untilMs > nowMs) return avoided;
    this.#byDestination.delete(key);
    return undefined;
  }
}

function keyOf({ transport, address, port }: Endpoint): string {
  return formatEndpoint(transport, address, port);
}
