import {
  asRequestUri,
  buildRequest,
  formatHost,
  parseAor,
  parseUri,
  userOf,
} from "../message/index.ts";
import type { DialogRequest } from "../dialog/index.ts";
import { clientTransactionKey } from "../transaction/index.ts";
import { SOFTWARE_NAME, type UserAgentOptions } from "./options.ts";

/** A request ready to be sent, and what its responses are matched by. */
export interface BuiltRequest {
  readonly method: string;
  readonly requestUri: string;
  /** The Via branch parameter, magic cookie included. */
  readonly branchId: string;
  readonly transactionKey: string;
  readonly text: string;
  /** A URI: where it goes. */
  readonly nextHop: string;
}

/** What somebody asked for as it may stand in a Request-URI and in To (RFC 3261 §19.1.5): method and headers go. */
export function requestUriOf(text: string): string {
  const uri = parseUri(text);
  return uri === undefined ? text : asRequestUri(uri).text;
}

export type HeaderLine = readonly [name: string, value: string];

/**
 * Writes the requests of one user agent (RFC 3261 §8.1.1): Via with a fresh branch (§8.1.1.7) and rport (RFC 3581 §3),
 * Max-Forwards (RFC 3261 §8.1.1.6), Contact (RFC 3261 §8.1.1.8), User-Agent, and Content-Type where there is a body
 * (RFC 3261 §7.4.1, §20.15); To has no tag outside a dialog (RFC 3261 §8.1.1.2). The number of its CSeq is below 2**31 (RFC 3261 §8.1.1.5): it counts from 1.
 */
export class RequestFactory {
  readonly options: UserAgentOptions;
  /** Canonical user part of the AOR; "" when it has none. */
  readonly user: string;
  /** Contact header field value. */
  readonly contact: string;
  /** What our Vias name us by: host and port. */
  readonly sentBy: string;

  constructor(options: UserAgentOptions) {
    this.options = options;
    const aor = parseAor(options.aor);
    this.user = aor === undefined ? "" : userOf(aor);
    const { transport, address, port } = options.local;
    this.sentBy = `${formatHost(address)}:${port}`.toLowerCase();
    const transportParameter = transport === "udp" ? "" : `;transport=${transport}`;
    const userPart = this.user === "" ? "" : `${this.user}@`;
    this.contact = `<sip:${userPart}${this.sentBy}${transportParameter}>`;
  }

  /** 64 random bits: enough for a tag (RFC 3261 §19.3 asks for 32), which each From has (RFC 3261 §8.1.1.3). */
  tag(): string {
    return this.options.random.hex128().slice(0, 16);
  }

  /** Unique over space and time (RFC 3261 §8.1.1.4). */
  callId(): string {
    return `${this.options.random.hex128()}@${formatHost(this.options.local.address)}`;
  }

  /** A request outside a dialog, to the outbound proxy if there is one (RFC 3261 §8.1.2). */
  outside(
    method: string,
    parts: Omit<DialogRequest, "routes" | "nextHop">,
    headers: readonly HeaderLine[],
    body?: string,
  ): BuiltRequest {
    const nextHop = this.options.outboundProxy ?? parts.requestUri;
    return this.inside(method, { ...parts, routes: [], nextHop }, headers, body);
  }

  inside(
    method: string,
    parts: DialogRequest,
    headers: readonly HeaderLine[],
    body?: string,
  ): BuiltRequest {
    const branchId = `z9hG4bK${this.options.random.hex128()}`;
    const { transport } = this.options.local;
    const isTarget = method === "INVITE" || method === "REGISTER" || method === "OPTIONS";
    const text = buildRequest({
      method,
      requestUri: parts.requestUri,
      headers: [
        ["Via", `SIP/2.0/${transport.toUpperCase()} ${this.sentBy};branch=${branchId};rport`],
        ...parts.routes.map((route): HeaderLine => ["Route", route]),
        ["Max-Forwards", "70"],
        ["From", parts.from],
        ["To", parts.to],
        ["Call-ID", parts.callId],
        ["CSeq", `${parts.sequenceNumber} ${method}`],
        ...(isTarget ? [["Contact", this.#contactFor(method)] as const] : []),
        ...headers,
        ["User-Agent", SOFTWARE_NAME],
        ...(body === undefined ? [] : [["Content-Type", "application/sdp"] as const]),
      ],
      ...(body === undefined ? {} : { body }),
    });
    return {
      method,
      requestUri: parts.requestUri,
      branchId,
      transactionKey: clientTransactionKey(branchId, method),
      text,
      nextHop: parts.nextHop,
    };
  }

  #contactFor(method: string): string {
    const { q } = this.options;
    return method === "REGISTER" && q !== undefined ? `${this.contact};q=${q}` : this.contact;
  }
}
