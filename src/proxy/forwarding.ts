import { formatEndpoint, type Endpoint } from "../base/endpoint.ts";
import {
  formatHost,
  hasParameter,
  Header,
  MessageEdit,
  parseNameAddr,
  type SipRequest,
} from "../message/index.ts";
import { DIALOG_TOKEN_PARAMETER, dialogTokenOf } from "./dialog-token.ts";
import type { ClientBranch } from "./client-branch.ts";
import type { ProxyOptions } from "./options.ts";
import type { Routing } from "./route-preprocessing.ts";

/** RFC 3261 §16.6 step 3. */
const MAX_FORWARDS_DEFAULT = 70;

/** Our own addresses on both sides of a request, as the peers there see them. */
export interface Sides {
  readonly incoming: Endpoint;
  readonly outgoing: Endpoint;
}

/**
 * The request as one branch sends it (RFC 3261 §16.6 steps 1 to 9).
 *
 * Hot path: once a branch. The received text with its edits spliced in; what no edit touches leaves as it came.
 */
export function buildForwarded(
  request: SipRequest,
  routing: Routing,
  branch: ClientBranch,
  sides: Sides,
  options: ProxyOptions,
): string {
  const edit = new MessageEdit(request);
  const outgoing = sides.outgoing;
  const isReliable = outgoing.transport === "tcp";

  editRoutes(edit, request, routing, branch);
  edit.set(Header.MaxForwards, String((request.maxForwards ?? MAX_FORWARDS_DEFAULT + 1) - 1));
  setBreadth(edit, request, branch.breadth);
  if (wantsRecordRoute(request)) addRecordRoute(edit, request.callId, sides, options);
  if (isReliable && request.header(Header.ContentLength) === undefined) {
    edit.set(Header.ContentLength, String(request.bodyEnd - request.bodyOffset));
  }
  edit.prepend(Header.Via, viaValue(outgoing, branch.branchId));
  return edit.text();
}

/** Our Via towards that endpoint's peers, with our sent-by for that transport (RFC 3261 §18.1.1). */
export function viaValue(local: Endpoint, branchId: string): string {
  const transport = local.transport === "tcp" ? "SIP/2.0/TCP " : "SIP/2.0/UDP ";
  return transport + formatHost(local.address) + ":" + local.port + ";branch=" + branchId;
}

/** One value, however many came (RFC 5393 §5.3.3: "a single Max-Breadth"). */
function setBreadth(edit: MessageEdit, request: SipRequest, breadth: number): void {
  const isThere = request.header(Header.MaxBreadth) !== undefined;
  if (isThere && request.values(Header.MaxBreadth).length > 1) {
    edit.removeAll(Header.MaxBreadth);
    edit.append(Header.MaxBreadth, String(breadth));
  } else edit.set(Header.MaxBreadth, String(breadth));
}

/**
 * RFC 3261 §16.6 steps 2 and 6: the target's URI, our Routes off, its Path on (RFC 3327 §5.4), and the detour for a
 * strict router (RFC 3261 §16.12).
 */
function editRoutes(
  edit: MessageEdit,
  request: SipRequest,
  routing: Routing,
  branch: ClientBranch,
): void {
  const path = branch.target.path;
  const uri = branch.target.uri.text;
  if (path.length === 0 && !routing.repaired) {
    for (let at = 0; at < routing.poppedCount; at += 1) edit.removeFirstValue(Header.Route);
    if (routing.routes.length === 0 || isLooseRoute(routing.routes[0] ?? "")) {
      if (uri !== request.requestUri.text) edit.setRequestUri(uri);
      return;
    }
  }
  const routes = [...path, ...routing.routes];
  const first = routes[0];
  let requestUri = uri;
  if (first !== undefined && !isLooseRoute(first)) {
    routes.shift();
    routes.push(`<${uri}>`);
    requestUri = parseNameAddr(first)?.uri.text ?? uri;
  }
  edit.setRequestUri(requestUri);
  edit.removeAll(Header.Route);
  for (const route of routes) edit.append(Header.Route, route);
}

/** Does the next hop route loosely (RFC 3261 §16.6 step 6)? */
export function isLooseRoute(route: string): boolean {
  const uri = parseNameAddr(route)?.uri;
  return uri?.kind === "sip" && hasParameter(uri.parameters, "lr");
}

/**
 * Only a request that may start a dialog needs it; inside one it would change nothing (RFC 3261 §16.6 step 4). A
 * method we do not know may have dialog semantics, so it gets one too.
 */
function wantsRecordRoute(request: SipRequest): boolean {
  if (request.toTag !== undefined) return false;
  const method = request.method;
  if (method === "INVITE") return true;
  return !NEVER_STARTS_A_DIALOG.includes(method);
}

const NEVER_STARTS_A_DIALOG: readonly string[] = [
  "ACK",
  "BYE",
  "CANCEL",
  "INFO",
  "MESSAGE",
  "OPTIONS",
  "PRACK",
  "PUBLISH",
  "REGISTER",
  "UPDATE",
];

/**
 * One value where both sides see us alike, else two, the outgoing side's topmost (RFC 5658 §5): so that none has to be
 * rewritten in a response (RFC 5658 §4, RFC 3261 §16.7 step 8).
 */
function addRecordRoute(
  edit: MessageEdit,
  callId: string,
  sides: Sides,
  options: ProxyOptions,
): void {
  const token = dialogTokenOf(callId, options.tokenKey);
  const { incoming, outgoing } = sides;
  if (!isSameSide(incoming, outgoing))
    edit.prepend(Header.RecordRoute, recordRoute(incoming, token));
  edit.prepend(Header.RecordRoute, recordRoute(outgoing, token));
}

function recordRoute(local: Endpoint, token: string): string {
  const transport = local.transport === "tcp" ? ";transport=tcp" : "";
  const host = formatHost(local.address) + ":" + local.port;
  return "<sip:" + host + transport + ";lr;" + DIALOG_TOKEN_PARAMETER + "=" + token + ">";
}

function isSameSide(one: Endpoint, other: Endpoint): boolean {
  return (
    one === other ||
    formatEndpoint(one.transport, one.address, one.port) ===
      formatEndpoint(other.transport, other.address, other.port)
  );
}
