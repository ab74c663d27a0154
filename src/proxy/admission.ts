import { hasParameter, type SipRequest, type Uri } from "../message/index.ts";
import type { ProxyOptions } from "./options.ts";
import type { Routing } from "./route-preprocessing.ts";

/**
 * Who is asking, as far as the request alone shows it.
 *
 * "dialog": inside a dialog that was set up through us; "challenge": says it is one of ours, and must prove it;
 * "own": taken at its word (`--auth none`); "peer": a gateway whose word is taken; "stranger": from elsewhere.
 */
export type Standing = "dialog" | "challenge" | "own" | "peer" | "stranger";

/** Who is asking, before any credentials are looked at (the table of who may do what: docs/who-may-do-what.md). */
export function standingOf(request: SipRequest, routing: Routing, options: ProxyOptions): Standing {
  if (isInDialog(request, routing)) return "dialog";
  const { trustedAddresses } = options.configured;
  if (trustedAddresses.size > 0 && trustedAddresses.has(request.source?.address ?? "")) {
    return "peer";
  }
  if (ownDomainOf(request.from.uri, options) === undefined) return "stranger";
  return options.auth === "digest" ? "challenge" : "own";
}

/**
 * Inside a dialog that was set up through us: it has our token. Without a To tag it starts something new, whatever
 * Route it brings along.
 */
export function isInDialog(request: SipRequest, routing: Routing): boolean {
  return routing.hasDialogToken && request.toTag !== undefined;
}

/** The domain of ours that a From names, which is also the realm (RFC 3261 §22.1); undefined for others'. */
export function ownDomainOf(uri: Uri, options: ProxyOptions): string | undefined {
  if (uri.kind !== "sip") return undefined;
  const host = uri.host.toLowerCase();
  // "example.org." is the same domain, and no way round the challenge.
  const domain = host.endsWith(".") ? host.slice(0, -1) : host;
  return options.domains.includes(domain) ? domain : undefined;
}

/**
 * Are we the authority for that Request-URI? Telephone numbers are looked up at our first domain. A maddr that is
 * left by now is not ours, and leads there whatever the host part says (RFC 3261 §16.5).
 */
export function isServed(uri: Uri, options: ProxyOptions): boolean {
  if (uri.kind === "tel") return true;
  if (uri.kind !== "sip" || !options.serves(uri.host, uri.port)) return false;
  return !hasParameter(uri.parameters, "maddr");
}

/** It names this server's own address, and no domain of ours: sent on, it would come back. */
export function isOurAddress(uri: Uri, options: ProxyOptions): boolean {
  if (uri.kind !== "sip" || !options.isOwnAddress(uri.host, uri.port)) return false;
  return !hasParameter(uri.parameters, "maddr");
}

/** OPTIONS for the domain itself, or for our address, is a question to this server (RFC 3261 §11). */
export function isQuestionToServer(method: string, uri: Uri, options: ProxyOptions): boolean {
  if (method !== "OPTIONS" || uri.kind !== "sip" || uri.user !== undefined) return false;
  return isServed(uri, options) || isOurAddress(uri, options);
}
