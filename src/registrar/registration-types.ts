import type { Authenticator } from "../auth/index.ts";
import type { Cause } from "../causes/index.ts";
import type { Binding } from "../location/index.ts";
import type { Aor, SipRequest } from "../message/index.ts";
import type { Trace } from "../trace/index.ts";
import type { ExpiryLimits } from "./requested-changes.ts";

/** What holds for every REGISTER of a server. Times in seconds, as in the messages. */
export interface RegistrarOptions extends ExpiryLimits {
  /** "none": From and To are taken at their word (a lab). */
  readonly auth: Authenticator | "none";
  /** One person's devices; more are refused with 403. */
  readonly bindingsPerAor: number;
}

/** One REGISTER and what the driver knows about it. */
export interface RegisterInput {
  readonly request: SipRequest;
  /** The domain of the Request-URI, one of ours, lower case: `registrarDomainOf`. It is the realm too. */
  readonly domain: string;
  readonly toTag: string;
  /** Where it came from: `udp:192.0.2.1:5060`. */
  readonly source: string;
  readonly trace: Trace;
}

/** A question for the driver, or the end. One at a time: the next comes out of the answer. */
export type RegistrationOutput =
  | { readonly kind: "findSubscriber"; readonly aor: Aor }
  | { readonly kind: "lookup"; readonly aor: Aor }
  | {
      readonly kind: "replace";
      readonly aor: Aor;
      readonly version: number;
      readonly bindings: readonly Binding[];
    }
  | {
      readonly kind: "respond";
      readonly text: string;
      readonly statusCode: number;
      /** undefined for the 200. */
      readonly cause: Cause | undefined;
    };
