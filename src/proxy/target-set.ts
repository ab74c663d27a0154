import type { Binding } from "../location/index.ts";
import {
  asRequestUri,
  parseNameAddr,
  parseUri,
  sameUri,
  type Aor,
  type Uri,
} from "../message/index.ts";
import type { ListedHop } from "../routing/index.ts";
import type { Routing } from "./route-preprocessing.ts";

/** One of the hops that the configuration names for a target. */
export interface TargetHop {
  /** "" for a static next hop. */
  readonly gateway: string;
  /** The Request-URI there; undefined: the target's own. */
  readonly uri: Uri | undefined;
  readonly hop: ListedHop;
}

/** A place the request may be sent to: the new Request-URI, and how to get there. */
export interface Target {
  readonly uri: Uri;
  /** Goes first, in order, as Route values (RFC 3327 §5.4); empty for most. */
  readonly path: readonly string[];
  readonly qMilli: number;
  /** Where the binding was registered from, `tcp:192.0.2.1:49152`; "" when it is no binding. */
  readonly source: string;
  /** Where it is sent whatever its URI says, in the order to try; undefined for most. */
  readonly hops: readonly TargetHop[] | undefined;
}

/**
 * Where one request may go, each URI once (RFC 3261 §16.5), handed out from the highest q to the lowest, in groups
 * of equal q (§16.6).
 */
export class TargetSet {
  /** Whose bindings they are, so that one can look again; undefined when they are none. */
  aor: Aor | undefined = undefined;
  readonly #targets: Target[] = [];
  #next = 0;

  /** @returns false when that URI is in the set already (RFC 3261 §16.5: it MUST NOT be added again) */
  add(target: Target): boolean {
    for (const held of this.#targets) if (sameUri(held.uri, target.uri)) return false;
    // Insertion from the end keeps equals in their order: the newest registration first, as the caller gives them.
    let at = this.#targets.length;
    while (at > this.#next && (this.#targets[at - 1]?.qMilli ?? 0) < target.qMilli) at -= 1;
    this.#targets.splice(at, 0, target);
    return true;
  }

  get size(): number {
    return this.#targets.length;
  }

  /** Targets not handed out yet. */
  get remaining(): number {
    return this.#targets.length - this.#next;
  }

  /** The q of the group that comes next; undefined when all were handed out. */
  get nextQMilli(): number | undefined {
    return this.#targets[this.#next]?.qMilli;
  }

  /** The next target if it belongs to the group of that q. */
  takeOf(qMilli: number): Target | undefined {
    const target = this.#targets[this.#next];
    if (target === undefined || target.qMilli !== qMilli) return undefined;
    this.#next += 1;
    return target;
  }

  /** How many of that q are still to be handed out. */
  waitingOf(qMilli: number): number {
    let count = 0;
    while (this.#targets[this.#next + count]?.qMilli === qMilli) count += 1;
    return count;
  }

  /** After a 6xx nothing more is tried (RFC 3261 §16.7 step 5). @returns the targets that were dropped */
  dropRemaining(): readonly Target[] {
    return this.#targets.splice(this.#next);
  }

  /** Of those not handed out yet only what is still bound stays. @returns the targets that were dropped */
  dropUnbound(bindings: readonly Binding[]): readonly Target[] {
    const bound: Uri[] = [];
    for (const { contactUri } of bindings) {
      const uri = parseUri(contactUri);
      if (uri !== undefined) bound.push(asRequestUri(uri));
    }
    const dropped: Target[] = [];
    for (const target of this.dropRemaining()) {
      if (bound.some((uri) => sameUri(uri, target.uri))) this.#targets.push(target);
      else dropped.push(target);
    }
    return dropped;
  }
}

/** A store that answers later answers for the time it was asked: what ended meanwhile is no target. */
export function liveAt(bindings: readonly Binding[], nowMs: number): readonly Binding[] {
  for (const { expiresAtMs } of bindings) {
    if (expiresAtMs <= nowMs) return bindings.filter((binding) => binding.expiresAtMs > nowMs);
  }
  return bindings;
}

/** A target that is one URI and nothing else. */
export function targetOf(uri: Uri): Target {
  return { uri: asRequestUri(uri), path: NO_PATH, qMilli: 1000, source: "", hops: undefined };
}

const NO_PATH: readonly string[] = [];

/**
 * Which URI says where the request goes next (RFC 3261 §16.6 step 7): the first of its Path, else the first Route that
 * remains, else its own. For a strict next hop the first Route and the Request-URI change places and mean the same.
 */
export function nextHopUriOf(target: Target, routing: Routing): Uri {
  const first = target.path[0];
  if (first !== undefined) return parseNameAddr(first)?.uri ?? target.uri;
  return routing.firstRoute ?? target.uri;
}
