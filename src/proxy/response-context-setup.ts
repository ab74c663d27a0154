import type { SipRequest } from "../message/index.ts";
import type { Routing } from "./route-preprocessing.ts";
import type { TargetSet } from "./target-set.ts";

/** What a response context works on: one request and where it may go. */
export interface ResponseContextSetup {
  readonly request: SipRequest;
  readonly routing: Routing;
  readonly targets: TargetSet;
  readonly incomingBreadth: number;
}
