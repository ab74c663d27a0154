import type { Random } from "../base/random.ts";
import { sipHash, type SipHashKey } from "../base/siphash.ts";
import type { BranchId, SipRequest } from "../message/index.ts";

/** RFC 3261 §8.1.1.7: marks branch ids that are unique by themselves. */
const MAGIC_COOKIE = "z9hG4bK";

/** What our branch ids start with, told apart from every other element's and from our own before a restart. */
export function branchMark(instanceId: string): string {
  return `${MAGIC_COOKIE}nh${instanceId}.`;
}

/**
 * A branch id in two parts (RFC 5393 §4.2.1): 128 random bits, and a hash of all that decides where this request
 * goes, the same for INVITE, ACK and CANCEL.
 */
export function makeBranchId(instanceId: string, random: Random, loopHash: string): BranchId {
  return (branchMark(instanceId) + random.hex128() + "." + loopHash) as BranchId;
}

/**
 * The branch id of a request that is relayed without state: its first part follows from how the request came, so that
 * the same request, sent again, goes on under the same branch (RFC 3261 §16.11). `branch` is which of its targets.
 */
export function repeatableBranchId(
  instanceId: string,
  key: SipHashKey,
  request: SipRequest,
  branch: number,
  loopHash: string,
): BranchId {
  const { topVia, callId, fromTag, toTag, cseq } = request;
  const { branchId, host } = topVia;
  const received =
    branchId !== undefined && branchId.startsWith(MAGIC_COOKIE)
      ? branchId
      : `${branchId ?? ""} ${callId} ${fromTag ?? ""} ${toTag ?? ""} ${cseq.sequenceNumber}`;
  const unique = `${branch} ${host} ${received}`;
  const first = sipHash(key, `branch${unique}`) + sipHash(key, `again${unique}`);
  return (branchMark(instanceId) + first + "." + loopHash) as BranchId;
}

/**
 * The second part: what the search uses (Request-URI and Routes as received), with Call-ID, CSeq number and From tag
 * so that a collision of one call does not repeat in the next (RFC 5393 §4.2.4). FNV-1a, 32 bits.
 */
export function loopHashOf(request: SipRequest, routes: string): string {
  let hash = addTo(0x811c9dc5, request.requestUri.text);
  hash = addTo(hash, routes);
  hash = addTo(hash, request.callId);
  hash = addTo(hash, request.fromTag ?? "");
  hash = Math.imul(hash ^ request.cseq.sequenceNumber, 0x01000193);
  return (hash >>> 0).toString(16);
}

function addTo(start: number, text: string): number {
  let hash = start;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return Math.imul(hash ^ 0xff, 0x01000193);
}

/** The loop hash inside a branch id of ours; undefined for anybody else's. */
export function loopHashIn(branchId: string, instanceId: string): string | undefined {
  const mark = branchMark(instanceId);
  if (!branchId.startsWith(mark)) return undefined;
  return branchId.slice(mark.length + 33);
}
