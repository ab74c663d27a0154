import { because, type Cause } from "../causes/index.ts";
import type { Uri } from "../message/index.ts";
import type { Standing } from "./admission.ts";
import type { ProxyOptions } from "./options.ts";
import { refusal, type Refusal } from "./validation.ts";

/** What a search came to, as the caller may see it: the operator gets the cause itself either way. */
export function asSeenFrom(
  standing: Standing,
  cause: Cause,
  requestUri: Uri,
  options: ProxyOptions,
): Refusal {
  if (standing === "stranger" && options.strangers === "uniform") return refusal(as480(cause));
  return cause.id === "sips-not-available"
    ? withWarning(cause, requestUri, options)
    : refusal(cause);
}

/** RFC 5630 §5.3: the warn-code tells a caller which of sip: and sips: would do. */
function withWarning(cause: Cause, requestUri: Uri, options: ProxyOptions): Refusal {
  const agent = options.domains[0] ?? "nexthop";
  const askedForSips = requestUri.kind === "sip" && requestUri.scheme === "sips";
  const warning = askedForSips ? `380 ${agent} "SIPS Not Allowed"` : `381 ${agent} "SIPS Required"`;
  return { cause, headers: [["Warning", warning]] };
}

/** The same reasons with the one status that an unregistered user has too. */
function as480(cause: Cause): Cause {
  const evidence = cause.evidence as Readonly<Record<string, string>>;
  const { aor = "", domain = "", requestUri = "" } = evidence;
  if (cause.id === "user-unknown") return because("user-unknown", 480, { aor, domain });
  if (cause.id === "alias-loop") return because("alias-loop", 480, { aor });
  if (cause.id !== "relay-not-allowed") return cause;
  return because("relay-not-allowed", 480, { domain, requestUri });
}
