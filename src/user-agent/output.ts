import type { SipRequest, SipResponse } from "../message/index.ts";
import type { BuiltRequest } from "./request-factory.ts";

/** Why a request got no final response. */
export type FailureId = "branch-timed-out" | "next-hop-unreachable";

/** How a call ended, as its own side knows it. */
export type CallEnd =
  | { readonly how: "refused"; readonly response: SipResponse }
  /** By us. `response` is the 487 when there was one (RFC 3261 §9.1). */
  | { readonly how: "cancelled"; readonly response: SipResponse | undefined }
  /** By the caller, before we answered. */
  | { readonly how: "caller-cancelled" }
  | { readonly how: "refused-by-us"; readonly statusCode: number }
  | { readonly how: "failed"; readonly causeId: FailureId }
  /** We answered and no ACK came for 64*T1 (RFC 3261 §13.3.1.4). */
  | { readonly how: "never-acknowledged" }
  | { readonly how: "hung-up"; readonly by: "us" | "them" };

/** One line of the ladder: a message that came or goes. `text` is latin1, one char a byte. */
export interface LadderOutput {
  readonly kind: "ladder";
  readonly atMs: number;
  readonly direction: "in" | "out";
  readonly text: string;
  /** `INVITE sip:bob@example.org`, `180 Ringing (INVITE)` */
  readonly summary: string;
  readonly isRetransmission: boolean;
}

/** Everything a user agent asks for and tells. */
export type UserAgentOutput =
  /** Resolve `nextHop`, a URI, and send; report failure with `transportFailed(transactionKey)`. */
  | {
      readonly kind: "sendRequest";
      readonly text: string;
      readonly nextHop: string;
      /** undefined for the ACK of a 2xx, which no transaction waits for. */
      readonly transactionKey: string | undefined;
    }
  /** Send by the flow that the request came on. */
  | { readonly kind: "sendResponse"; readonly text: string; readonly flowId: number }
  | LadderOutput
  | { readonly kind: "registered"; readonly atMs: number; readonly expiresSeconds: number }
  | {
      readonly kind: "registrationFailed";
      readonly atMs: number;
      readonly why: SipResponse | FailureId;
    }
  | { readonly kind: "callArrived"; readonly atMs: number; readonly request: SipRequest }
  | {
      readonly kind: "callProgress";
      readonly atMs: number;
      readonly callId: string;
      readonly response: SipResponse;
    }
  /** The caller has its 2xx and sent the ACK; the callee has the ACK. */
  | { readonly kind: "callEstablished"; readonly atMs: number; readonly callId: string }
  | {
      readonly kind: "callEnded";
      readonly atMs: number;
      readonly callId: string;
      readonly end: CallEnd;
    }
  /** The answer to a request made with `ask`. */
  | { readonly kind: "answered"; readonly atMs: number; readonly response: SipResponse }
  | { readonly kind: "unanswered"; readonly atMs: number; readonly causeId: FailureId };

/** Who is told about the responses to a request. */
export interface RequestOwner {
  receiveResponse(
    request: BuiltRequest,
    response: SipResponse,
    nowMs: number,
    out: CoreOutput[],
  ): void;
  requestFailed(request: BuiltRequest, causeId: FailureId, nowMs: number, out: CoreOutput[]): void;
}

/** A request that came, and how to answer it. */
export interface ReceivedRequest {
  readonly request: SipRequest;
  readonly transactionKey: string;
}

/** What the parts of a user agent ask of it. */
export type CoreOutput =
  | Exclude<UserAgentOutput, { readonly kind: "sendRequest" | "sendResponse" | "ladder" }>
  | { readonly kind: "start"; readonly request: BuiltRequest; readonly owner: RequestOwner }
  /** The ACK of a 2xx: sent once for each 2xx, by no transaction. */
  | { readonly kind: "sendAck"; readonly ack: BuiltRequest; readonly isRetransmission: boolean }
  | {
      readonly kind: "respond";
      readonly to: ReceivedRequest;
      readonly statusCode: number;
      readonly text: string;
    }
  /** Forget a client transaction that nothing will answer any more (RFC 3261 §9.1). */
  | { readonly kind: "abandon"; readonly request: BuiltRequest };

/** A call, on either side, as the user agent keeps it. */
export interface CallCore extends RequestOwner {
  readonly callId: string;
  readonly isOver: boolean;
  readonly deadlineMs: number;
  advance(nowMs: number, out: CoreOutput[]): void;
  /** Whether a request inside a dialog is this call's (RFC 3261 §12.2.2). */
  owns(request: SipRequest): boolean;
  receiveRequest(received: ReceivedRequest, nowMs: number, out: CoreOutput[]): void;
  receiveAck(ack: SipRequest, nowMs: number, out: CoreOutput[]): void;
  hangUp(nowMs: number, out: CoreOutput[]): void;
}
