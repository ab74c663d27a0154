import type { Held } from "../location/index.ts";
import type { Trace } from "../trace/index.ts";
import type { ProxyOutput } from "./output.ts";
import { liveAt, type TargetSet } from "./target-set.ts";

/**
 * Bindings end while others ring: a target that had to wait for its turn is looked up again before it is tried, so
 * that no binding is served after its end (RFC 3261 §16.5: the target set may change while requests are out).
 */
export class LookAgain {
  readonly #targets: TargetSet;
  readonly #trace: Trace;
  #lookedUpAtMs: number;
  /** The question is out. */
  isAwaited = false;

  constructor(targets: TargetSet, trace: Trace, nowMs: number) {
    this.#targets = targets;
    this.#trace = trace;
    this.#lookedUpAtMs = nowMs;
  }

  /** @returns whether what is known is too old and the answer must come first */
  asks(nowMs: number, out: ProxyOutput[]): boolean {
    const { aor } = this.#targets;
    if (aor === undefined || this.#lookedUpAtMs >= nowMs) return false;
    this.isAwaited = true;
    out.push({ kind: "lookup", aor });
    return true;
  }

  answered(held: Held, nowMs: number): void {
    const bindings = liveAt(held.bindings, nowMs);
    const { aor } = this.#targets;
    this.isAwaited = false;
    this.#lookedUpAtMs = nowMs;
    this.#trace.add("location-looked-up", nowMs, aor ?? "", bindings.length, held.lapsed.length);
    for (const { uri } of this.#targets.dropUnbound(bindings)) {
      this.#trace.add("target-skipped", nowMs, uri.text, "bindings-expired");
    }
  }
}
