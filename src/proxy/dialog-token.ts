import { sipHash, type SipHashKey } from "../base/siphash.ts";
import type { SipRequest } from "../message/index.ts";

/** The URI parameter of our Record-Route that carries the token. */
export const DIALOG_TOKEN_PARAMETER = "nht";

/**
 * What we put into our Record-Route and want to see again in a Route: proof that this dialog was set up through us.
 * A keyed hash of the Call-ID, so it needs no memory and outlives a restart with the same key.
 */
export function dialogTokenOf(callId: string, key: SipHashKey): string {
  return sipHash(key, "dialog" + callId);
}

/**
 * The To tag of our own responses to that request: the same each time, so that a repeated request gets the same
 * answer without memory (RFC 3261 §8.2.7), and an ACK to it is known for what it is.
 */
export function localTagOf(request: SipRequest, key: SipHashKey): string {
  return sipHash(
    key,
    "tag" + request.callId + "|" + (request.fromTag ?? "") + "|" + request.cseq.sequenceNumber,
  );
}
