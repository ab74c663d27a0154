import { because, type Cause } from "../causes/index.ts";
import { Header, isMalformed, type SipRequest } from "../message/index.ts";
import { isQuestionToServer } from "./admission.ts";
import { branchMark, loopHashIn, loopHashOf } from "./branch-id.ts";
import type { ProxyOptions } from "./options.ts";

/** A refusal of §16.3, with what its response must carry besides. */
export interface Refusal {
  readonly cause: Cause;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

const NO_HEADERS: Refusal["headers"] = [];

/** A refusal that needs no header field of its own. */
export function refusal(cause: Cause): Refusal {
  return { cause, headers: NO_HEADERS };
}

/**
 * RFC 3261 §16.3 steps 2 to 5 (416 also by §8.2.2.1), in the standard's order; step 1 was the parser's, step 6 is admission's.
 * @returns undefined for a request that may go on
 */
export function validate(request: SipRequest, options: ProxyOptions): Refusal | undefined {
  const uri = request.requestUri;
  if (uri.kind === "other") {
    return refusal(because("uri-scheme-unsupported", 416, { scheme: uri.scheme }));
  }
  // A question to this server has arrived and need not go on (RFC 3261 §16.3 step 3).
  if (request.maxForwards === 0 && !isQuestionToServer(request.method, uri, options)) {
    const hops = request.values(Header.Via).length;
    return refusal(because("max-forwards-spent", 483, { requestUri: uri.text, hops }));
  }
  return loopOf(request, options) ?? requiredExtension(request) ?? malformedBreadth(request);
}

/**
 * RFC 5393 §4.1, §4.2.2: for every request, forked or not. A Via of ours whose second part equals what this request would get now. Any change of
 * Request-URI or Route makes it a spiral, which goes on.
 */
function loopOf(request: SipRequest, options: ProxyOptions): Refusal | undefined {
  if (!request.text.includes(branchMark(options.instanceId))) return undefined;
  const vias = request.vias();
  if (isMalformed(vias)) {
    // What cannot be read could hide a loop, which an attacker would make of it.
    const { offset, expected } = vias;
    return refusal(because("via-malformed", 400, { offset, expected }));
  }
  const current = loopHashOf(request, routesTextOf(request));
  const ownViaCount = vias.filter(
    (via) => loopHashIn(via.branchId ?? "", options.instanceId) === current,
  ).length;
  if (ownViaCount === 0) return undefined;
  return refusal(
    because("loop-detected", 482, { requestUri: request.requestUri.text, ownViaCount }),
  );
}

/** All Route values as received, in one text: part of what decides where a request goes. */
export function routesTextOf(request: SipRequest): string {
  return request.header(Header.Route) === undefined ? "" : request.values(Header.Route).join(",");
}

/** RFC 3261 §16.3 step 5, §20.29. No option tag needs anything of a proxy here, so each one is unsupported. */
function requiredExtension(request: SipRequest): Refusal | undefined {
  if (request.header(Header.ProxyRequire) === undefined) return undefined;
  const extensions = request.values(Header.ProxyRequire).join(", ");
  if (extensions === "") return undefined;
  return {
    cause: because("extension-required", 420, { extensions, headerName: "Proxy-Require" }),
    headers: [["Unsupported", extensions]],
  };
}

/** RFC 5393 §5.3.1: one positive integer; with 0 nothing may be sent on (RFC 5393 §5.3.3.1). */
function malformedBreadth(request: SipRequest): Refusal | undefined {
  const breadth = request.integer(Header.MaxBreadth);
  if (breadth === undefined) return undefined;
  if (isMalformed(breadth)) {
    const { offset, expected } = breadth;
    return refusal(
      because("header-malformed", 400, { headerName: "Max-Breadth", offset, expected }),
    );
  }
  if (breadth > 0) return undefined;
  return refusal(because("max-breadth-exceeded", 440, { maxBreadth: breadth, targets: 1 }));
}
