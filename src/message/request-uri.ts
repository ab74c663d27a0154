import { hasParameter } from "./parameters.ts";
import type { SipUri, Uri } from "./types.ts";
import { parseUri } from "./uri.ts";

/**
 * The URI as it may stand in a Request-URI: headers and a method parameter are not allowed there (RFC 3261 §16.6
 * step 2, §19.1.1 table 1). The same object when it has neither, which is nearly always.
 */
export function asRequestUri(uri: Uri): Uri {
  if (uri.kind !== "sip") return uri;
  if (uri.headers === undefined && !hasParameter(uri.parameters, "method")) return uri;
  return parseUri(textWithout(uri, NOT_IN_A_REQUEST_URI, false)) ?? uri;
}

/** The URI as if its maddr, port and transport had not been there: they led to us (RFC 3261 §16.4). */
export function withoutAddressing(uri: SipUri): Uri {
  return parseUri(textWithout(uri, ADDRESSING, true)) ?? uri;
}

const NOT_IN_A_REQUEST_URI: readonly string[] = ["method"];
const ADDRESSING: readonly string[] = ["maddr", "transport", "method"];

/** Without headers and those parameters; all else as it was written, escapes included. */
function textWithout(uri: SipUri, names: readonly string[], dropsPort: boolean): string {
  const { text, headers } = uri;
  const hostStart = text.indexOf(uri.user === undefined ? ":" : "@") + 1;
  const end = headers === undefined ? text.length : text.length - headers.length - 1;
  const [hostPort = "", ...parameters] = text.slice(hostStart, end).split(";");
  let result = text.slice(0, hostStart) + (dropsPort ? uri.host : hostPort);
  parameters.forEach((parameter, at) => {
    const name = uri.parameters[at]?.name ?? "";
    if (!names.includes(name)) result += `;${parameter}`;
  });
  return result;
}
