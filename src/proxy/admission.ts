import type { SipRequest, Uri } from "../message/index.ts";
import type { ProxyOptions } from "./options.ts";
import type { Routing } from "./route-preprocessing.ts";

/**
 * Who is asking, as far as the request alone shows it.
 *
 * "dialog": inside a dialog that was set up through us; "challenge": says it is one of ours, and must prove it;
 * "own": taken at its word (`--auth none`); "stranger": from elsewhere.
 */
export type Standing = "dialog" | "challenge" | "own" | "stranger";

/** Who is asking, before any credentials are looked at (the table of who may do what: docs/who-may-do-what.md). */
export function standingOf(request: SipRequest, routing: Routing, options: ProxyOptions): Standing {
  // Without a To tag it starts something new, whatever Route it brings along.
  if (routing.hasDialogToken && request.toTag !== undefined) return "dialog";
  if (ownDomainOf(request.from.uri, options) === undefined) return "stranger";
  return options.auth === "digest" ? "challenge" : "own";
}

/** The domain of ours that a From names, which is also the realm to ask credentials for; undefined for others'. */
export function ownDomainOf(uri: Uri, options: ProxyOptions): string | undefined {
  if (uri.kind !== "sip") return undefined;
  const host = uri.host.toLowerCase();
  return options.domains.includes(host) ? host : undefined;
}
