import { between } from "../format.ts";
import { defineRule } from "../rule.ts";

/** The caller's CANCEL came, and 487 ended the request, whichever branch said it. */
export const callerCancelled = defineRule(
  "caller-cancelled",
  ({ final, cancelledAtMs, record }) => {
    if (cancelledAtMs === undefined || final?.statusCode !== 487) return undefined;
    return {
      evidence: { afterMs: between(record.startedAtMs, cancelledAtMs) },
      branch: final.branch,
    };
  },
);
