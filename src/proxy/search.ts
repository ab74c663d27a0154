import { assert } from "../base/assert.ts";
import { formatEndpoint } from "../base/endpoint.ts";
import { because, type Cause, type CauseId } from "../causes/index.ts";
import type { DirectoryEntry } from "../directory/index.ts";
import type { Binding, Held } from "../location/index.ts";
import {
  aorOf,
  asRequestUri,
  domainOf,
  parameterOf,
  parseAor,
  parseNameAddr,
  parseUri,
  userOf,
  type Aor,
  type Uri,
} from "../message/index.ts";
import {
  formatServerName,
  nextHopOf,
  readNumber,
  routeFor,
  type DialPlan,
} from "../routing/index.ts";
import type { Trace } from "../trace/index.ts";
import { isServed } from "./admission.ts";
import { gatewayTarget, nextHopsFor } from "./configured-hops.ts";
import type { ProxyOptions } from "./options.ts";
import type { ProxyOutput } from "./output.ts";
import { liveAt, TargetSet, targetOf, type TargetHop } from "./target-set.ts";

/** Aliases of aliases: more than this in a row is a loop, whatever it looks like. */
export const ALIAS_CHAIN_MAX = 8;

export type SearchOutcome =
  | { readonly kind: "targets"; readonly targets: TargetSet }
  | { readonly kind: "refused"; readonly cause: Cause };

/**
 * Where one Request-URI leads (RFC 3261 §16.5): the URI itself for a domain that is not ours; else directory, aliases
 * and location, in this order; a number that nobody has, the gateways of its route. `outcome` stands when the search
 * has ended.
 */
export class Search {
  outcome: SearchOutcome | undefined = undefined;
  readonly #mayRelay: boolean;
  readonly #options: ProxyOptions;
  readonly #trace: Trace;
  readonly #targets = new TargetSet();
  readonly #requestUri: Uri;
  /** The Request-URI, or what the last alias led to. */
  #uri: Uri;
  #aor: Aor | undefined = undefined;
  #aliasCount = 0;
  /** What nobody was found under, read as a number; looked for in this form too. */
  #dialled: { readonly aor: Aor; readonly number: string } | undefined = undefined;

  constructor(uri: Uri, mayRelay: boolean, options: ProxyOptions, trace: Trace) {
    this.#requestUri = uri;
    this.#uri = uri;
    this.#mayRelay = mayRelay;
    this.#options = options;
    this.#trace = trace;
  }

  start(nowMs: number, out: ProxyOutput[]): void {
    if (isServed(this.#uri, this.#options)) this.#find(nowMs, out);
    else this.#leadsTo(this.#uri, "request-uri", nowMs);
  }

  /** The answer to `find`: a subscriber, an alias, or nobody. */
  found(entry: DirectoryEntry | undefined, nowMs: number, out: ProxyOutput[]): void {
    const aor = this.#searched();
    this.#trace.add("directory-looked-up", nowMs, aor, entry === undefined ? 0 : 1);
    if (entry === undefined) this.#unknown(aor, nowMs, out);
    else if (entry.kind === "alias") this.#follow(entry.target, nowMs, out);
    else out.push({ kind: "lookup", aor });
  }

  /** The answer to `lookup`. */
  held(held: Held, nowMs: number): void {
    const aor = this.#searched();
    const bindings = liveAt(held.bindings, nowMs);
    const lapsed = lapsedAt(held, bindings);
    this.#trace.add("location-looked-up", nowMs, aor, bindings.length, lapsed.length);
    if (bindings.length === 0) {
      this.#refuse(nobodyRegistered(aor, lapsed));
      return;
    }
    if (this.#isSips) {
      this.#refuseSips(this.#requestUri);
      return;
    }
    this.#targets.aor = aor;
    for (const binding of byNewest(bindings)) this.#addBinding(binding, nowMs);
    if (this.#targets.size === 0) {
      this.#refuse(because("no-target-usable", 480, { aor, skippedCount: bindings.length }));
    } else this.outcome = { kind: "targets", targets: this.#targets };
  }

  /** The address that the last question was about. */
  #searched(): Aor {
    assert(this.#aor !== undefined, "an answer follows a question");
    return this.#aor;
  }

  /** RFC 5630 §5.3: a sips Request-URI goes on only as sips, and there is no TLS here yet. */
  get #isSips(): boolean {
    return this.#requestUri.kind === "sip" && this.#requestUri.scheme === "sips";
  }

  #refuseSips(uri: Uri): void {
    this.#refuse(because("sips-not-available", 480, { requestUri: uri.text }));
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

  /** Nobody has that name: is it a number, and who takes it? A name that somebody has is never read as one. */
  #unknown(aor: Aor, nowMs: number, out: ProxyOutput[]): void {
    const { dialPlan } = this.#options.configured;
    if (dialPlan === undefined) {
      this.#nobody(aor);
      return;
    }
    if (this.#dialled === undefined) {
      const uri = this.#uri;
      const text = uri.kind === "tel" ? uri.number : userOf(aor);
      const context = uri.kind === "tel" ? parameterOf(uri.parameters, "phone-context") : undefined;
      const read = readNumber(text, context, dialPlan.country);
      if (read === undefined) {
        this.#nobody(aor);
        return;
      }
      this.#dialled = { aor, number: read.number };
      if (read.rule !== "as-written") {
        this.#trace.add("number-normalised", nowMs, text, read.number, read.rule);
        const other = parseAor(`${read.number}@${domainOf(aor)}`);
        if (other !== undefined && other !== aor) {
          this.#aor = other;
          out.push({ kind: "find", aor: other });
          return;
        }
      }
    }
    this.#routeNumber(this.#dialled, dialPlan, nowMs);
  }

  #routeNumber(
    { aor, number }: { readonly aor: Aor; readonly number: string },
    { routes }: DialPlan,
    nowMs: number,
  ): void {
    const route = routeFor(number, routes);
    const target = route && gatewayTarget(number, route, this.#trace, nowMs);
    if (target === undefined) {
      if (routes.length > 0) this.#trace.add("route-missing", nowMs, number);
      this.#nobody(aor);
    } else if (!this.#mayRelay) {
      const domain = target.uri.kind === "sip" ? target.uri.host.toLowerCase() : "";
      const requestUri = target.uri.text;
      this.#refuse(because("relay-not-allowed", 403, { domain, requestUri }));
    } else if (this.#isSips) this.#refuseSips(this.#requestUri);
    else {
      this.#targets.add(target);
      this.#trace.add("target-added", nowMs, target.uri.text, target.qMilli, "route");
      this.outcome = { kind: "targets", targets: this.#targets };
    }
  }

  #nobody(aor: Aor): void {
    this.#refuse(because("user-unknown", 404, { aor, domain: domainOf(aor) }));
  }

  #follow(target: string, nowMs: number, out: ProxyOutput[]): void {
    const aor = this.#searched();
    this.#aliasCount += 1;
    if (this.#aliasCount > ALIAS_CHAIN_MAX) {
      this.#refuse(because("alias-loop", 482, { aor }));
      return;
    }
    this.#trace.add("alias-followed", nowMs, aor, target);
    const uri = parseUri(target);
    if (uri === undefined) {
      const detail = "the alias leads to what is no URI";
      this.#refuse(because("next-hop-unresolvable", 500, { target, detail }));
    } else if (isServed(uri, this.#options)) {
      this.#uri = uri;
      this.#dialled = undefined;
      this.#find(nowMs, out);
    } else if (this.#mayRelay) this.#leadsTo(uri, "alias", nowMs);
    else {
      const domain = uri.kind === "sip" ? uri.host.toLowerCase() : "";
      this.#refuse(because("relay-not-allowed", 403, { domain, requestUri: target }));
    }
  }

  #leadsTo(uri: Uri, origin: string, nowMs: number): void {
    if (this.#isSips || (uri.kind === "sip" && uri.scheme === "sips")) {
      this.#refuseSips(uri);
      return;
    }
    const hops = nextHopsFor(uri, this.#options.configured);
    const target = hops === undefined ? targetOf(uri) : { ...targetOf(uri), hops };
    if (hops !== undefined) {
      const domain = uri.kind === "sip" ? uri.host.toLowerCase() : "";
      this.#trace.add("next-hop-configured", nowMs, domain, hops.map(hopText).join(", "));
    }
    this.#targets.add(target);
    this.#trace.add("target-added", nowMs, target.uri.text, target.qMilli, origin);
    this.outcome = { kind: "targets", targets: this.#targets };
  }

  #addBinding(binding: Binding, nowMs: number): void {
    const { contactUri, path, qMilli, source } = binding;
    const contact = parseUri(contactUri);
    if (contact === undefined) {
      this.#trace.add("target-skipped", nowMs, contactUri, "contact-malformed");
      return;
    }
    const obstacle = obstacleOn(contact, path);
    if (obstacle !== undefined) {
      this.#trace.add("target-skipped", nowMs, contactUri, obstacle);
      return;
    }
    if (this.#targets.size >= this.#options.branchesPerRequest) {
      this.#trace.add("target-skipped", nowMs, contactUri, "branch-limit");
      return;
    }
    if (this.#targets.add({ uri: asRequestUri(contact), path, qMilli, source, hops: undefined })) {
      this.#trace.add("target-added", nowMs, contactUri, qMilli, "binding");
    }
  }

  #refuse(cause: Cause): void {
    this.outcome = { kind: "refused", cause };
  }
}

function hopText({ hop }: TargetHop): string {
  return "address" in hop
    ? formatEndpoint(hop.transport, hop.address, hop.port)
    : formatServerName(hop);
}

/**
 * Why no request can be sent there, if so. With a Path it is the first hop of that which we must reach; the contact
 * itself is the edge proxy's to reach, but a sips contact may not be asked for by a sip request (RFC 5630 §5.3).
 */
function obstacleOn(contact: Uri, path: readonly string[]): CauseId | undefined {
  const first = path[0];
  const isPlain = contact.kind === "sip" && contact.scheme === "sip";
  const edge = first === undefined || !isPlain ? contact : parseNameAddr(first)?.uri;
  if (edge === undefined) return "header-malformed";
  const hop = nextHopOf(edge);
  return hop.kind === "unusable" ? hop.cause.id : undefined;
}

/** What ended while the store was asked is the latest that ended. */
function lapsedAt({ bindings, lapsed }: Held, live: readonly Binding[]): readonly Binding[] {
  if (live.length === bindings.length) return lapsed;
  return [...bindings.filter((binding) => !live.includes(binding)), ...lapsed];
}

/** Never registered lately or signed off, or all that was has run out: two causes, one status (RFC 3261 §21.4.18). */
function nobodyRegistered(aor: Aor, lapsed: readonly Binding[]): Cause {
  const latest = lapsed[0];
  if (latest === undefined || wasRemoved(latest))
    return because("user-not-registered", 480, { aor });
  let expiredCount = 0;
  for (const binding of lapsed) if (!wasRemoved(binding)) expiredCount += 1;
  const { contactUri, expiresAtMs } = latest;
  return because("bindings-expired", 480, {
    aor,
    contactUri,
    expiredAtMs: expiresAtMs,
    expiredCount,
  });
}

/** Its user signed off, or bound something else in its place: that is no expiry. */
function wasRemoved(binding: Binding): boolean {
  return binding.updatedAtMs >= binding.expiresAtMs;
}

function byNewest(bindings: readonly Binding[]): readonly Binding[] {
  if (bindings.length < 2) return bindings;
  return [...bindings].toSorted((one, other) => other.updatedAtMs - one.updatedAtMs);
}
