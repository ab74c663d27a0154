import { because, type Cause } from "../causes/index.ts";
import type { Binding } from "../location/index.ts";
import { parseUri, sameUri, type Aor, type SipRequest } from "../message/index.ts";
import type { RequestedChanges } from "./requested-changes.ts";

/** What became of one contact, for the trace. */
export interface BindingChange {
  readonly contactUri: string;
  /** 0 for one that was removed. */
  readonly expiresSeconds: number;
  readonly change: "added" | "refreshed" | "removed";
}

/** All that a REGISTER leads to, or why nothing of it does (RFC 3261 §10.3: completely or not at all). */
export interface Applied {
  readonly kind: "applied";
  readonly bindings: readonly Binding[];
  /** Empty when there is nothing to write. */
  readonly changes: readonly BindingChange[];
}

/** The facts of one REGISTER that its bindings carry. */
export interface RegisterFacts {
  readonly request: SipRequest;
  readonly aor: Aor;
  readonly path: readonly string[];
  readonly source: string;
  readonly bindingsPerAor: number;
}

/**
 * RFC 3261 §10.3 steps 6 and 7 on what is held now. Each contact is looked for among the bindings that were there
 * before this request; named twice in one request, the later one counts.
 */
export function applyChanges(
  held: readonly Binding[],
  requested: RequestedChanges,
  facts: RegisterFacts,
  nowMs: number,
): Applied | Cause {
  switch (requested.kind) {
    case "fetch":
      return { kind: "applied", bindings: held, changes: [] };
    case "removeAll":
      return removeAll(held, facts);
    case "change":
      break;
  }
  const bindings = [...held];
  const changes: BindingChange[] = [];
  for (const contact of requested.contacts) {
    const { contactUri, expiresSeconds, qMilli } = contact;
    const before = held[placeOf(held, contactUri)];
    if (before !== undefined && isOutOfOrder(before, facts)) return outOfOrder(before, facts);
    const place = placeOf(bindings, contactUri);
    if (expiresSeconds === 0) {
      if (place === -1) continue;
      bindings.splice(place, 1);
      changes.push({ contactUri, expiresSeconds, change: "removed" });
      continue;
    }
    const binding: Binding = {
      contactUri,
      callId: facts.request.callId,
      cseq: facts.request.cseq.sequenceNumber,
      qMilli,
      // Whole milliseconds: the seconds that remain are then exact.
      expiresAtMs: Math.floor(nowMs) + expiresSeconds * 1000,
      updatedAtMs: before?.updatedAtMs ?? Math.floor(nowMs),
      path: facts.path,
      source: facts.source,
    };
    if (place === -1) bindings.push(binding);
    else bindings[place] = binding;
    changes.push({ contactUri, expiresSeconds, change: place === -1 ? "added" : "refreshed" });
  }
  const { aor, bindingsPerAor } = facts;
  // A lowered limit must not stop devices that are bound already from refreshing.
  if (bindings.length > bindingsPerAor && bindings.length > held.length) {
    return because("too-many-bindings", 403, { aor, limit: bindingsPerAor });
  }
  return { kind: "applied", bindings, changes };
}

function removeAll(held: readonly Binding[], facts: RegisterFacts): Applied | Cause {
  for (const binding of held) if (isOutOfOrder(binding, facts)) return outOfOrder(binding, facts);
  const changes = held.map(({ contactUri }): BindingChange => ({
    contactUri,
    expiresSeconds: 0,
    change: "removed",
  }));
  return { kind: "applied", bindings: [], changes };
}

/** Another Call-ID is another device or a restarted one: nothing to compare with. */
function isOutOfOrder(binding: Binding, { request }: RegisterFacts): boolean {
  return binding.callId === request.callId && request.cseq.sequenceNumber <= binding.cseq;
}

function outOfOrder(binding: Binding, { request, aor }: RegisterFacts): Cause {
  const cseq = request.cseq.sequenceNumber;
  return because("register-out-of-order", 500, { aor, cseq, heldCseq: binding.cseq });
}

/** @returns -1 when there is none; compares as RFC 3261 §19.1.4 does */
function placeOf(bindings: readonly Binding[], contactUri: string): number {
  for (let at = 0; at < bindings.length; at += 1) {
    if (bindings[at]?.contactUri === contactUri) return at;
  }
  const uri = bindings.length === 0 ? undefined : parseUri(contactUri);
  if (uri === undefined) return -1;
  for (let at = 0; at < bindings.length; at += 1) {
    const other = parseUri(bindings[at]?.contactUri ?? "");
    if (other !== undefined && sameUri(uri, other)) return at;
  }
  return -1;
}
