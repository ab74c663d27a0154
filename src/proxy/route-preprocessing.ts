import { because, type Cause } from "../causes/index.ts";
import {
  Header,
  isMalformed,
  parameterOf,
  type NameAddr,
  type SipRequest,
  type Uri,
  withoutAddressing,
} from "../message/index.ts";
import { DIALOG_TOKEN_PARAMETER, dialogTokenOf } from "./dialog-token.ts";
import type { ProxyOptions } from "./options.ts";

/** A request after RFC 3261 §16.4: as the rest of the proxy sees it. */
export interface Routing {
  /** The Request-URI to judge by: repaired after a strict router, without a maddr that means us. */
  readonly requestUri: Uri;
  /** Route values as received. */
  readonly received: readonly string[];
  /** Route values that remain, first to visit first. */
  readonly routes: readonly string[];
  /** The first of them as a URI; undefined when none remains. */
  readonly firstRoute: Uri | undefined;
  /** How many values at the top of the received Route were ours and are taken off. */
  readonly poppedCount: number;
  /** The Request-URI held our Record-Route and the last Route value went into its place. */
  readonly repaired: boolean;
  /** A Route of ours carried the token of this Call-ID. */
  readonly hasDialogToken: boolean;
}

const NO_ROUTES: readonly string[] = [];

/** RFC 3261 §16.4 for a request as it came. @returns a cause where its Route cannot be read */
export function preprocessRoute(request: SipRequest, options: ProxyOptions): Routing | Cause {
  if (request.header(Header.Route) === undefined) {
    return {
      requestUri: withoutOwnMaddr(request.requestUri, options),
      received: NO_ROUTES,
      routes: NO_ROUTES,
      firstRoute: undefined,
      poppedCount: 0,
      repaired: false,
      hasDialogToken: false,
    };
  }
  const decoded = request.nameAddrs(Header.Route);
  if (isMalformed(decoded)) {
    const { offset, expected } = decoded;
    return because("header-malformed", 400, { headerName: "Route", offset, expected });
  }
  const values = request.values(Header.Route);
  const token = dialogTokenOf(request.callId, options.tokenKey);
  return route(request.requestUri, decoded, values, token, options);
}

function route(
  received: Uri,
  decoded: readonly NameAddr[],
  values: readonly string[],
  token: string,
  options: ProxyOptions,
): Routing {
  let requestUri = received;
  let hasDialogToken = carriesToken(received, token);
  let end = values.length;
  // A strict router put the URI of our Record-Route into the Request-URI; the real one is the last Route (§16.4).
  const repaired = hasDialogToken && isOwn(received, options);
  if (repaired && end > 0) {
    requestUri = decoded[end - 1]?.uri ?? received;
    end -= 1;
  }
  let poppedCount = 0;
  // Two in a row are the two sides of one double Record-Route: popping both avoids a spiral (RFC 5658 §5).
  while (poppedCount < end && poppedCount < 2) {
    const uri = decoded[poppedCount]?.uri;
    if (uri === undefined || !isOwn(uri, options)) break;
    if (poppedCount === 1 && !carriesToken(uri, token)) break;
    hasDialogToken ||= carriesToken(uri, token);
    poppedCount += 1;
  }
  return {
    requestUri: withoutOwnMaddr(requestUri, options),
    received: values,
    routes: poppedCount === end ? NO_ROUTES : values.slice(poppedCount, end),
    firstRoute: poppedCount < end ? decoded[poppedCount]?.uri : undefined,
    poppedCount,
    repaired,
    hasDialogToken,
  };
}

function carriesToken(uri: Uri, token: string): boolean {
  return uri.kind === "sip" && parameterOf(uri.parameters, DIALOG_TOKEN_PARAMETER) === token;
}

function isOwn(uri: Uri, options: ProxyOptions): boolean {
  return (
    uri.kind === "sip" &&
    (options.isOwnAddress(uri.host, uri.port) || options.serves(uri.host, uri.port))
  );
}

/**
 * Without a maddr that names us, and the port and transport that belong to it, as if they had not been there (RFC 3261
 * §16.4). Deviation: RFC 3261 §16.4 has this only for the port and transport that the request came by; sending it to
 * ourselves by another of ours would change nothing.
 */
function withoutOwnMaddr(uri: Uri, options: ProxyOptions): Uri {
  if (uri.kind !== "sip" || uri.parameters.length === 0) return uri;
  const maddr = parameterOf(uri.parameters, "maddr");
  if (maddr === undefined) return uri;
  const isOurs = options.isOwnAddress(maddr, uri.port) || options.serves(maddr, uri.port);
  return isOurs ? withoutAddressing(uri) : uri;
}
