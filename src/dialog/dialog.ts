import { asRequestUri, Header, hasParameter, parseNameAddr } from "../message/index.ts";
import type { SipRequest, SipResponse } from "../message/index.ts";

/** What a dialog is known by at one of its ends (RFC 3261 §12). A tag is "" for a peer of RFC 2543. */
export interface DialogId {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
}

/** Where a request inside a dialog goes, and what it says (RFC 3261 §12.2.1.1). */
export interface DialogRequest {
  readonly requestUri: string;
  /** Route header field values, topmost first. */
  readonly routes: readonly string[];
  /** The URI to resolve and send to: the first route, else the Request-URI. */
  readonly nextHop: string;
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly sequenceNumber: number;
}

/**
 * One end of a dialog: its id with the one Call-ID of all its requests (RFC 3261 §8.1.1.4), its route set, which is used
 * nowhere else (RFC 3261 §16.6 step 4), and the numbers that order requests (RFC 3261 §12).
 */
export class Dialog {
  readonly id: DialogId;
  /** name-addr with the tag, as written in From of our requests. */
  readonly #local: string;
  readonly #remote: string;
  /** Record-Route values in the order in which our requests visit them. */
  readonly routeSet: readonly string[];
  /** The peer's Contact; changed by a target refresh. */
  remoteTarget: string;
  #localSequenceNumber: number;
  #remoteSequenceNumber: number | undefined;

  constructor(parts: {
    readonly id: DialogId;
    readonly local: string;
    readonly remote: string;
    readonly routeSet: readonly string[];
    readonly remoteTarget: string;
    readonly localSequenceNumber: number;
    readonly remoteSequenceNumber: number | undefined;
  }) {
    this.id = parts.id;
    this.#local = parts.local;
    this.#remote = parts.remote;
    this.routeSet = parts.routeSet;
    this.remoteTarget = parts.remoteTarget;
    this.#localSequenceNumber = parts.localSequenceNumber;
    this.#remoteSequenceNumber = parts.remoteSequenceNumber;
  }

  /** The next request of ours, with the next sequence number. */
  nextRequest(): DialogRequest {
    this.#localSequenceNumber += 1;
    return this.#request(this.#localSequenceNumber);
  }

  /** The ACK of a 2xx has the number of its INVITE (RFC 3261 §13.2.2.4). */
  ackFor(inviteSequenceNumber: number): DialogRequest {
    return this.#request(inviteSequenceNumber);
  }

  /** Whether a request from the peer belongs to this dialog (RFC 3261 §12.2.2). */
  owns(request: SipRequest): boolean {
    return (
      request.callId === this.id.callId &&
      (request.toTag ?? "") === this.id.localTag &&
      (request.fromTag ?? "") === this.id.remoteTag
    );
  }

  /**
   * Takes note of a request from the peer.
   *
   * @returns false when its number is lower than one before: answer 500 (RFC 3261 §12.2.2). ACK and CANCEL share the
   * number of their INVITE and are not to be asked about.
   */
  accepts(request: SipRequest): boolean {
    const { sequenceNumber } = request.cseq;
    const before = this.#remoteSequenceNumber;
    if (before !== undefined && sequenceNumber < before) return false;
    this.#remoteSequenceNumber = sequenceNumber;
    return true;
  }

  #request(sequenceNumber: number): DialogRequest {
    const common = {
      from: this.#local,
      to: this.#remote,
      callId: this.id.callId,
      sequenceNumber,
    };
    const first = this.routeSet[0];
    if (first === undefined) {
      const requestUri = this.remoteTarget;
      return { ...common, requestUri, routes: [], nextHop: requestUri };
    }
    const firstHop = parseNameAddr(first)?.uri;
    if (firstHop?.kind === "sip" && !hasParameter(firstHop.parameters, "lr")) {
      // A strict router looks for itself in the Request-URI; the target waits at the end of the list.
      const requestUri = asRequestUri(firstHop).text;
      const routes = [...this.routeSet.slice(1), `<${this.remoteTarget}>`];
      return { ...common, requestUri, routes, nextHop: requestUri };
    }
    return {
      ...common,
      requestUri: this.remoteTarget,
      routes: this.routeSet,
      nextHop: firstHop?.text ?? this.remoteTarget,
    };
  }
}

/**
 * The dialog that a response to our request makes (RFC 3261 §12.1.2): early with a provisional response, confirmed
 * with a 2xx. A response without a Contact leaves us the Request-URI as target, one without a To tag a remote tag of
 * "": it comes from an element of RFC 2543.
 */
export function dialogOfUac(request: SipRequest, response: SipResponse): Dialog {
  return new Dialog({
    id: {
      callId: request.callId,
      localTag: request.fromTag ?? "",
      remoteTag: response.toTag ?? "",
    },
    local: request.header(Header.From) ?? "",
    remote: response.header(Header.To) ?? "",
    // The response lists the proxies as the callee would visit them: we go the other way.
    routeSet: response.values(Header.RecordRoute).toReversed(),
    remoteTarget: contactOf(response) ?? request.requestUri.text,
    localSequenceNumber: request.cseq.sequenceNumber,
    remoteSequenceNumber: undefined,
  });
}

/** The dialog that a request makes when we answer it with this To tag (RFC 3261 §12.1.1). */
export function dialogOfUas(request: SipRequest, toTag: string): Dialog {
  const to = request.header(Header.To) ?? "";
  return new Dialog({
    id: { callId: request.callId, localTag: toTag, remoteTag: request.fromTag ?? "" },
    local: request.toTag === undefined ? `${to};tag=${toTag}` : to,
    remote: request.header(Header.From) ?? "",
    routeSet: request.values(Header.RecordRoute),
    remoteTarget: contactOf(request) ?? request.from.uri.text,
    localSequenceNumber: 0,
    remoteSequenceNumber: request.cseq.sequenceNumber,
  });
}

function contactOf(message: SipRequest | SipResponse): string | undefined {
  const contacts = message.nameAddrs(Header.Contact);
  if ("kind" in contacts) return undefined;
  const uri = contacts[0]?.uri;
  return uri && asRequestUri(uri).text;
}
