import { parseAor, userOf, type Aor } from "../message/index.ts";

/**
 * The address-of-record that a username claims to be at a realm, the realm being the domain: `alice` and
 * `alice@example.org` both are sip:alice@example.org. The domain's case does not matter, the user's does (RFC 3261
 * §19.1.4). undefined where no address can be made of it.
 */
export function aorOfUsername(username: string, realm: string): Aor | undefined {
  const user = isAddressOf(username, realm)
    ? username.slice(0, username.length - realm.length - 1)
    : username;
  return user === "" ? undefined : parseAor(`sip:${escapeUser(user)}@${realm}`);
}

/** Whether the username is written as `user@realm`, the form that `Credential.ha1OfAddress` is for. */
export function isAddressOf(username: string, realm: string): boolean {
  const at = username.length - realm.length - 1;
  return (
    at > 0 && username[at] === "@" && username.slice(at + 1).toLowerCase() === realm.toLowerCase()
  );
}

/** Whether who authenticated as `username` may act for `aor` (RFC 3261 §10.3 step 4, §22.3). */
export function isOwnerOf(username: string, realm: string, aor: Aor): boolean {
  return aorOfUsername(username, realm) === aor;
}

/**
 * What a phone of that address sends as username, for `credentialOf`: the user part with its escapes undone, as
 * Unicode (`sip:j%C3%BCrg@example.org` is jürg).
 */
export function usernameOf(aor: Aor): string {
  const bytes = userOf(aor).replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** The form that needs no escapes is nearly every username; the rest is made safe to stand before an @. */
function escapeUser(user: string): string {
  let escaped = "";
  for (let at = 0; at < user.length; at += 1) {
    const char = user.charAt(at);
    const code = user.charCodeAt(at);
    const isPlain =
      (code >= 48 && code <= 57) ||
      (code >= 65 && code <= 90) ||
      (code >= 97 && code <= 122) ||
      "-_.!~*'()&=+$,;?/".includes(char);
    escaped += isPlain ? char : `%${code.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return escaped;
}
