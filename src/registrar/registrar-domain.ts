import { aorOf, domainOf, type SipRequest } from "../message/index.ts";

/**
 * RFC 3261 §10.3 step 1: the domain whose bindings a REGISTER asks for, when it is one of ours; undefined where it is
 * to be relayed, or refused by the rules for relaying.
 */
export function registrarDomainOf(
  request: SipRequest,
  isServed: (domain: string) => boolean,
): string | undefined {
  const { requestUri } = request;
  if (requestUri.kind !== "sip") return undefined;
  const domain = domainOf(aorOf(requestUri));
  return isServed(domain) ? domain : undefined;
}
