import { flat } from "../base/flat.ts";
import type { SipRequest } from "../message/index.ts";

/** A branch parameter that starts with this is unique across all transactions of its client (RFC 3261 §8.1.1.7). */
const MAGIC_COOKIE = "z9hG4bK";

/**
 * What two requests of one server transaction have in common (RFC 3261 §17.2.3). An ACK has its INVITE's.
 * Compared byte by byte: a client repeats its own Via as it wrote it.
 *
 * The transport that it came by belongs to it: retransmission, ACK and CANCEL take the way of their request (§17.1.2,
 * §17.1.1.3, §9.1), and an answer must leave by the way the question came. Where that is not known, the Via's word.
 *
 * Hot path: once for each request.
 */
export function serverTransactionKey(
  request: SipRequest,
  arrivedBy: string = request.topVia.transport,
): string {
  return keyFor(request, request.method === "ACK" ? "INVITE" : request.method, arrivedBy);
}

/** The key of the INVITE that a CANCEL means, if that is still there (RFC 3261 §9.2). */
export function inviteKeyOf(
  cancel: SipRequest,
  arrivedBy: string = cancel.topVia.transport,
): string {
  return keyFor(cancel, "INVITE", arrivedBy);
}

/** What a response has in common with the request it answers (RFC 3261 §17.1.3): CANCEL shares the branch. */
export function clientTransactionKey(branchId: string, method: string): string {
  return flat(branchId + (method === "ACK" ? " INVITE" : " " + method));
}

function keyFor(request: SipRequest, method: string, arrivedBy: string): string {
  const via = request.topVia;
  const branchId = via.branchId;
  // The cookie with nothing behind it identifies nobody (RFC 4475 §3.2.1).
  if (
    branchId === undefined ||
    branchId.length === MAGIC_COOKIE.length ||
    !branchId.startsWith(MAGIC_COOKIE)
  ) {
    return rfc2543Key(request, method, arrivedBy);
  }
  return flat(branchId + " " + via.host + ":" + (via.port ?? "") + " " + arrivedBy + " " + method);
}

/**
 * A client of RFC 2543 gives no unique branch, so the whole call is compared. The To tag is left out for INVITE and
 * ACK: the ACK's is that of the response, and the sequence number already tells one INVITE of a call from the next.
 */
function rfc2543Key(request: SipRequest, method: string, arrivedBy: string): string {
  const via = request.topVia;
  const toTag = method === "INVITE" ? "" : (request.toTag ?? "");
  return flat(
    `${request.requestUri.text} ${toTag} ${request.fromTag ?? ""} ${request.callId} ` +
      `${request.cseq.sequenceNumber} ${arrivedBy} ${method} ` +
      `${via.transport} ${via.host}:${via.port ?? ""} ${via.branchId ?? ""}`,
  );
}
