import type { Endpoint } from "../base/endpoint.ts";
import type { Random } from "../base/random.ts";

/** How a user agent treats calls that arrive: the part it plays. Times count from the INVITE. */
export type AnswerScript =
  /** 100, 180, 200; and BYE, if `hangUpAfterMs` says when (from the answer). */
  | {
      readonly kind: "answer";
      readonly ringAfterMs: number;
      readonly answerAfterMs: number;
      readonly hangUpAfterMs?: number;
    }
  /** 100, 180, and 180 again each minute until somebody cancels; or never again, as phones do that Timer C ends. */
  | { readonly kind: "ring-forever"; readonly ringAfterMs: number; readonly ringsOnce?: boolean }
  | { readonly kind: "busy" }
  | { readonly kind: "decline" }
  /** Any refusal, after that time. */
  | { readonly kind: "refuse"; readonly statusCode: number; readonly afterMs: number }
  | { readonly kind: "redirect"; readonly contactUri: string }
  /** 100 and nothing more; still honours a CANCEL. */
  | { readonly kind: "silent-after-100" }
  /** As if it were switched off: answers nothing at all. */
  | { readonly kind: "no-answer-at-all" };

/** Who a user agent is, and where. */
export interface UserAgentOptions {
  /** Who it is: `sip:alice@example.org`. */
  readonly aor: string;
  /** Where it is reached; written into Via and Contact, so never a wildcard. */
  readonly local: Endpoint;
  readonly random: Random;
  /** As a person types it. Without one a challenge ends the request. */
  readonly password: string | undefined;
  /** Where requests outside a dialog are sent instead of their Request-URI's host: `sip:192.0.2.1:5060`. */
  readonly outboundProxy: string | undefined;
  /** Its rank among the devices of one address, 0 to 1, as it registers (RFC 3261 §10.2.1.2); 1 where left out. */
  readonly q?: number;
  /** Named in the session description; this core sends and receives no media. */
  readonly mediaPort: number;
}

/** The software name in User-Agent and Server. */
export const SOFTWARE_NAME = "Nexthop user agent";

/** What this user agent understands (RFC 3261 §13.1, §20.5). */
export const ALLOWED_METHODS = "INVITE, ACK, CANCEL, BYE, OPTIONS";
