import { because, type Cause } from "../causes/index.ts";
import type { DirectoryEntry } from "../directory/index.ts";
import type { Binding, Held } from "../location/index.ts";
import { aorOf, domainOf, parseUri, type Aor, type Uri } from "../message/index.ts";
import { nextHopOf } from "../routing/index.ts";
import type { Trace } from "../trace/index.ts";
import type { ProxyOptions } from "./options.ts";
import type { ProxyOutput } from "./output.ts";
import { TargetSet, targetOf } from "./target-set.ts";

/** Aliases of aliases: more than this in a row is a loop, whatever it looks like. */
export const ALIAS_CHAIN_MAX = 8;

export type SearchOutcome =
  | { readonly kind: "targets"; readonly targets: TargetSet }
  | { readonly kind: "refused"; readonly cause: Cause };

/**
 * Where one Request-URI leads (RFC 3261 §16.5): the URI itself for a domain that is not ours; else directory, aliases
 * and location, in this order. `outcome` stands when the search has ended.
 */
export class Search {
  outcome: SearchOutcome | undefined = undefined;
  readonly #mayRelay: boolean;
  readonly #options: ProxyOptions;
  readonly #trace: Trace;
  readonly #targets = new TargetSet();
  #uri: Uri;
  #aor: Aor | undefined = undefined;
  #aliasCount = 0;

  constructor(uri: Uri, mayRelay: boolean, options: ProxyOptions, trace: Trace) {
    this.#uri = uri;
    this.#mayRelay = mayRelay;
    this.#options = options;
    this.#trace = trace;
  }

  start(isServed: boolean, nowMs: number, out: ProxyOutput[]): void {
    if (isServed) this.#find(nowMs, out);
    else this.#leadsTo(this.#uri.text, "request-uri", nowMs);
  }

  /** The answer to `find`: a subscriber, an alias, or nobody. */
  found(entry: DirectoryEntry | undefined, nowMs: number, out: ProxyOutput[]): void {
    const aor = this.#aor as Aor;
    this.#trace.add("directory-looked-up", nowMs, aor, entry === undefined ? 0 : 1);
    if (entry === undefined) {
      this.#refuse(because("user-unknown", 404, { aor, domain: domainOf(aor) }));
    } else if (entry.kind === "alias") this.#follow(entry.target, nowMs, out);
    else out.push({ kind: "lookup", aor });
  }

  /** The answer to `lookup`. */
  held(held: Held, nowMs: number): void {
    const aor = this.#aor as Aor;
    const { bindings, lapsed } = held;
    this.#trace.add("location-looked-up", nowMs, aor, bindings.length, lapsed.length);
    if (bindings.length === 0) {
      this.#refuse(nobodyRegistered(aor, lapsed, nowMs));
      return;
    }
    const wantsSips = this.#uri.kind === "sip" && this.#uri.scheme === "sips";
    if (wantsSips) {
      // RFC 5630 §5.3: a sips Request-URI goes on only as sips, and there is no TLS here yet.
      this.#refuse(because("sips-not-available", 480, { requestUri: this.#uri.text }));
      return;
    }
    for (const binding of byNewest(bindings)) this.#addBinding(binding, nowMs);
    if (this.#targets.size === 0) {
      this.#refuse(because("no-target-usable", 480, { aor, skippedCount: bindings.length }));
    } else this.outcome = { kind: "targets", targets: this.#targets };
  }

  #find(nowMs: number, out: ProxyOutput[]): void {
    const aor = this.#aorOfUri();
    if (aor === undefined) {
      const domain = this.#uri.kind === "sip" ? this.#uri.host.toLowerCase() : "";
      this.#refuse(because("user-unknown", 404, { aor: this.#uri.text, domain }));
      return;
    }
    this.#aor = aor;
    out.push({ kind: "find", aor });
  }

  #aorOfUri(): Aor | undefined {
    const uri = this.#uri;
    if (uri.kind === "sip") return uri.user === undefined ? undefined : aorOf(uri);
    if (uri.kind !== "tel") return undefined;
    // RFC 3261 §19.1.6: the number becomes the user part, at our first domain; separators do not count (RFC 3966 §4).
    const number = uri.number.replaceAll(/[-.()]/g, "");
    const asSip = parseUri(`sip:${number}@${this.#options.domains[0] ?? ""}`);
    return asSip?.kind === "sip" ? aorOf(asSip) : undefined;
  }

  #follow(target: string, nowMs: number, out: ProxyOutput[]): void {
    const aor = this.#aor as Aor;
    this.#aliasCount += 1;
    if (this.#aliasCount > ALIAS_CHAIN_MAX) {
      this.#refuse(because("alias-loop", 482, { aor }));
      return;
    }
    this.#trace.add("alias-followed", nowMs, aor, target);
    const uri = parseUri(target);
    if (uri?.kind === "sip" && this.#options.serves(uri.host, uri.port)) {
      this.#uri = uri;
      this.#find(nowMs, out);
    } else if (this.#mayRelay) this.#leadsTo(target, "alias", nowMs);
    else {
      const domain = uri?.kind === "sip" ? uri.host.toLowerCase() : "";
      this.#refuse(because("relay-not-allowed", 403, { domain, requestUri: target }));
    }
  }

  #leadsTo(text: string, origin: string, nowMs: number): void {
    const target = targetOf(text);
    const hop = target === undefined ? undefined : nextHopOf(target.uri);
    if (target === undefined || hop === undefined) {
      const detail = "not a URI";
      this.#refuse(because("next-hop-unresolvable", 500, { target: text, detail }));
      return;
    }
    if (hop.kind === "unusable" && hop.cause.id === "sips-not-available") {
      this.#refuse(hop.cause);
      return;
    }
    this.#targets.add(target);
    this.#trace.add("target-added", nowMs, text, target.qMilli, origin);
    this.outcome = { kind: "targets", targets: this.#targets };
  }

  #addBinding(binding: Binding, nowMs: number): void {
    const { contactUri, path, qMilli, source } = binding;
    const uri = parseUri(contactUri);
    const hop = uri === undefined ? undefined : nextHopOf(uri);
    if (uri === undefined || hop === undefined) {
      this.#trace.add("target-skipped", nowMs, contactUri, "contact-malformed");
      return;
    }
    if (hop.kind === "unusable" && path.length === 0) {
      this.#trace.add("target-skipped", nowMs, contactUri, hop.cause.id);
      return;
    }
    if (this.#targets.size >= this.#options.branchesPerRequest) {
      this.#trace.add("target-skipped", nowMs, contactUri, "branch-limit");
      return;
    }
    if (this.#targets.add({ uri, path, qMilli, source })) {
      this.#trace.add("target-added", nowMs, contactUri, qMilli, "binding");
    }
  }

  #refuse(cause: Cause): void {
    this.outcome = { kind: "refused", cause };
  }
}

/** Never registered lately, or all that was has run out: two causes, one status (RFC 3261 §21.4.18). */
function nobodyRegistered(aor: Aor, lapsed: readonly Binding[], nowMs: number): Cause {
  const latest = lapsed[0];
  // A binding that was removed ends when it says so: its user signed off, which is no expiry.
  if (latest === undefined || latest.expiresAtMs > nowMs) {
    return because("user-not-registered", 480, { aor });
  }
  return because("bindings-expired", 480, {
    aor,
    contactUri: latest.contactUri,
    expiredAtMs: latest.expiresAtMs,
    expiredCount: lapsed.length,
  });
}

function byNewest(bindings: readonly Binding[]): readonly Binding[] {
  if (bindings.length < 2) return bindings;
  return [...bindings].toSorted((one, other) => other.updatedAtMs - one.updatedAtMs);
}
