import type { Brand } from "../base/brand.ts";
import type { Cause, CauseId } from "../causes/index.ts";
import type { ExpectedThing } from "./expected.ts";
import type { HeaderId } from "./header-ids.ts";

/** The Via `branch` parameter, magic cookie included. Not to be confused with a branch of a fork. */
export type BranchId = Brand<string, "BranchId">;

/** `sip:user@domain`, canonical form: the key bindings are stored under (RFC 3261 §10.3 step 5). */
export type Aor = Brand<string, "Aor">;

/** `;name=value`, name in lower case; `value` is undefined for a flag and keeps its quotes when quoted. */
export interface Parameter {
  readonly name: string;
  readonly value: string | undefined;
}

/** A SIP or SIPS URI (RFC 3261 §19.1). User and password keep their escapes; host is as written. */
export interface SipUri {
  readonly kind: "sip";
  readonly text: string;
  readonly scheme: "sip" | "sips";
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** IPv6 with its brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: readonly Parameter[];
  /** What stands after `?`, undecoded. */
  readonly headers: string | undefined;
}

/** A telephone number (RFC 3966). `number` as written, visual separators included. */
export interface TelUri {
  readonly kind: "tel";
  readonly text: string;
  readonly number: string;
  readonly parameters: readonly Parameter[];
}

/** A URI of a scheme we do not know; well-formed as far as RFC 3986's generic syntax goes. */
export interface OtherUri {
  readonly kind: "other";
  readonly text: string;
  readonly scheme: string;
}

export type Uri = SipUri | TelUri | OtherUri;

/** `"Display" <uri>;parameters`, or the addr-spec form (RFC 3261 §20.10). */
export interface NameAddr {
  readonly displayName: string | undefined;
  readonly uri: Uri;
  /** The header field's parameters, not the URI's. */
  readonly parameters: readonly Parameter[];
}

/** One Via value (RFC 3261 §20.42, RFC 3581). */
export interface Via {
  /** Upper case: "UDP", "TCP", "TLS", "WS"… */
  readonly transport: string;
  /** sent-by's host as written, IPv6 in brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly branchId: BranchId | undefined;
  readonly received: string | undefined;
  /** undefined: not asked for; 0: asked for, not filled in. */
  readonly rport: number | undefined;
  /** As written. */
  readonly maddr: string | undefined;
  readonly parameters: readonly Parameter[];
}

/** The order of requests in a dialog, and what a response answers (RFC 3261 §20.16). */
export interface Cseq {
  readonly sequenceNumber: number;
  readonly method: string;
}

/** Where a message came from. IPv6 without brackets. */
export interface Source {
  readonly address: string;
  readonly port: number;
}

/** What both kinds of message offer. Values are decoded when asked for, and once. */
interface MessageView {
  /** The whole message, one char a byte (latin1), exactly as it came. */
  readonly text: string;
  /** Where the body starts in `text`. */
  readonly bodyOffset: number;
  /** End of the body: what a datagram carries beyond Content-Length is not part of the message (RFC 3261 §18.3). */
  readonly bodyEnd: number;
  readonly topVia: Via;
  readonly callId: string;
  readonly cseq: Cseq;
  readonly from: NameAddr;
  readonly to: NameAddr;
  readonly fromTag: string | undefined;
  readonly toTag: string | undefined;

  /** The value of the first header field of that name, trimmed and with folds made one space; undefined when absent. */
  header(id: HeaderId): string | undefined;
  /** The same for a header field that has no id; the name in any case. */
  headerByName(name: string): string | undefined;
  /** All values in order: each field, and each comma-separated part where the grammar makes it a list. */
  values(id: HeaderId): readonly string[];
  /** A Via stands under the topmost: without one a response is ours alone and goes no further (RFC 3261 §16.7 step 3). */
  readonly hasViaBelow: boolean;
  /** All Vias, topmost first. */
  vias(): readonly Via[] | Malformed;
  /** Decoded name-addr lists: Contact (without `*`), Route, Record-Route, Path… */
  nameAddrs(id: HeaderId): readonly NameAddr[] | Malformed;
  /** A header field holding one number (Max-Forwards, Expires, Min-Expires…); undefined when absent. */
  integer(id: HeaderId): number | undefined | Malformed;
}

/**
 * A well-formed request: start line, Request-URI, topmost Via, From, To, Call-ID, CSeq, Max-Forwards and
 * Content-Length have been read and make sense, so their accessors cannot fail.
 */
export interface SipRequest extends MessageView {
  readonly kind: "request";
  readonly method: string;
  readonly requestUri: Uri;
  /** undefined when the header field is absent (RFC 3261 §16.3 step 3: treated as 70). */
  readonly maxForwards: number | undefined;
  /** Given to `parseMessage`; the topmost Via is written with `received` and `rport` of it (§18.2.1, RFC 3581 §4). */
  readonly source: Source | undefined;
}

/** A well-formed response: what a {@link SipRequest} promises of its accessors holds here too. */
export interface SipResponse extends MessageView {
  readonly kind: "response";
  readonly statusCode: number;
  readonly reasonPhrase: string;
}

export type SipMessage = SipRequest | SipResponse;

/** What is wrong with a message, and where. Remote input is a value, never an exception. */
export interface Malformed {
  readonly kind: "malformed";
  readonly causeId: CauseId;
  /** Byte offset into the message. */
  readonly offset: number;
  /** What stands at that place by the grammar: an id whose words are in the content. */
  readonly expected: ExpectedThing;
  /** The header field at fault, canonical name; undefined for the start line. */
  readonly headerName: string | undefined;
  /** The same as a cause with its evidence, ready for `buildResponse`. */
  readonly cause: Cause;
  /** "request" when it can be seen to be one; a malformed response is dropped. */
  readonly of: "request" | "response" | "unknown";
  /**
   * Enough of a request to answer it: the topmost Via says where to, and a CSeq line was found. Of From, To and
   * Call-ID the answer copies what is there. Undefined: silence. An ACK is never answered.
   */
  readonly answerable: AnswerableRequest | undefined;
}

/** The part of a request that a response copies (RFC 3261 §8.2.6.2). A {@link SipRequest} is one too. */
export interface AnswerableRequest {
  readonly text: string;
  readonly method: string;
  readonly topVia: Via;
  readonly toTag: string | undefined;
  readonly source: Source | undefined;
}
