import type { Aor } from "../message/index.ts";

/** One contact an address-of-record is reachable at, until a moment (RFC 3261 §10). */
export interface Binding {
  readonly contactUri: string;
  readonly callId: string;
  readonly cseq: number;
  /** Q value in thousandths: integers compare exactly. */
  readonly qMilli: number;
  readonly expiresAtMs: number;
  /** When it was first bound; later refreshes keep it. Serial forking among equals: oldest last (§16.6). */
  readonly updatedAtMs: number;
  /** Path header field values, in order; the request goes through them first (RFC 3327 §5.3). */
  readonly path: readonly string[];
  /** Where the REGISTER came from: `udp:192.0.2.1:5060`, `tcp:[2001:db8::1]:49152`. */
  readonly source: string;
}

/** What a store holds for one AOR, and which writing of it this was. */
export interface Held {
  /** 0 when nothing was ever written. */
  readonly version: number;
  /** Those alive at the time asked about. */
  readonly bindings: readonly Binding[];
  /**
   * Those that ended within {@link LAPSED_KEPT_MS}, newest first, at most {@link LAPSED_LIMIT}: only to explain. One
   * that was removed before its time has the moment of that as its `expiresAtMs` and its `updatedAtMs`.
   */
  readonly lapsed: readonly Binding[];
}

/** How long an expired or removed binding is remembered so that `why` can name it. */
export const LAPSED_KEPT_MS = 24 * 3_600_000;
/** So many of them for one AOR, the newest. */
export const LAPSED_LIMIT = 4;

/** What a backend promises. The conformance suite tests each promise, and each refusal. */
export interface LocationSupport {
  readonly durable: boolean;
  readonly sharedBetweenMachines: boolean;
}

/** A conflict changed nothing: somebody else wrote first, and `held` is what stands there now. */
export type ReplaceOutcome =
  | { readonly kind: "written"; readonly version: number }
  | { readonly kind: "conflict"; readonly held: Held };

/**
 * Where the registrar writes and the proxy reads (RFC 3261 §10.1). It keeps; it does not judge: the rules of §10.3 are the
 * registrar's. Time is an argument: no store looks at a clock. What goes wrong in the surroundings is thrown as
 * `ServerError("location-unreachable")`.
 */
export interface LocationStore {
  readonly supports: LocationSupport;
  /** Synchronous where the backend can be: it stands on the way of every call. */
  lookup(aor: Aor, nowMs: number): Held | Promise<Held>;
  /**
   * All of it or nothing, and only if nobody wrote since `version` was read (RFC 3261 §10.3: atomic, in order).
   * Returns or resolves when the bindings would survive the process being killed, where the backend is durable.
   * Synchronous where the backend can be.
   */
  replace(
    aor: Aor,
    version: number,
    bindings: readonly Binding[],
    nowMs: number,
  ): ReplaceOutcome | Promise<ReplaceOutcome>;
  /** Every AOR with a live binding, in no particular order; for people who list. Sliced by the caller. */
  entries(nowMs: number): Iterable<readonly [Aor, Held]> | AsyncIterable<readonly [Aor, Held]>;
  close(): Promise<void>;
}
