const DOT = 46;
const ZERO = 48;
const NINE = 57;

/** The address inside a host that is one, IPv6 without brackets; undefined for a name. */
export function numericAddress(host: string): string | undefined {
  if (host.startsWith("[")) return host.slice(1, -1).toLowerCase();
  return isIpv4(host) ? host : undefined;
}

/** Digits and three dots: what cannot be a domain name, whose last label starts with a letter (RFC 3261 §25.1). */
function isIpv4(host: string): boolean {
  let dots = 0;
  for (let at = 0; at < host.length; at += 1) {
    const char = host.charCodeAt(at);
    if (char === DOT) dots += 1;
    else if (char < ZERO || char > NINE) return false;
  }
  return dots === 3;
}
