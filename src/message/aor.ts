import { parseUri, unescapePercent } from "./uri.ts";
import type { Aor, SipUri } from "./types.ts";

/** What may stand unescaped in the user part of a canonical AOR (RFC 3261 §19.1.2): `unreserved`, `user-unreserved`. */
const needsEscape = /[^A-Za-z0-9\-_.!~*'()&=+$,;?/]/g;

/**
 * The key that bindings and subscribers are found under (RFC 3261 §10.3 step 5): scheme `sip:` even for a SIPS URI,
 * every escape of the user decoded and only the necessary ones made again, the host in lower case without a trailing
 * dot. Port, password, parameters and headers play no part. Without a user part, `sip:` and the host.
 */
export function aorOf(uri: SipUri): Aor {
  const host = uri.host.toLowerCase();
  const domain = host.endsWith(".") ? host.slice(0, -1) : host;
  if (uri.user === undefined) return `sip:${domain}` as Aor;
  const user = isPlain(uri.user)
    ? uri.user
    : unescapePercent(uri.user).replace(needsEscape, escapeCharacter);
  return `sip:${user}@${domain}` as Aor;
}

function isPlain(user: string): boolean {
  return !user.includes("%") && !user.includes("#");
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

/** An AOR as people and files write it: `alice@example.org`, `sip:` optional. Undefined without a user or a domain. */
export function parseAor(text: string): Aor | undefined {
  const uri = parseUri(/^sips?:/i.test(text) ? text : `sip:${text}`);
  return uri?.kind === "sip" && uri.user !== undefined ? aorOf(uri) : undefined;
}

/** The user part, its escapes as they are in the AOR; `""` when it has none. */
export function userOf(aor: Aor): string {
  const at = aor.lastIndexOf("@");
  return at === -1 ? "" : aor.slice("sip:".length, at);
}

/** The domain: lower case, IPv6 in brackets. */
export function domainOf(aor: Aor): string {
  const at = aor.lastIndexOf("@");
  return aor.slice(at === -1 ? "sip:".length : at + 1);
}
