import { because, type Cause } from "../causes/index.ts";
import { Header, isMalformed, parameterOf, type SipRequest } from "../message/index.ts";

/** What `expires` means when it cannot be read (RFC 3261 §10.2). */
const MALFORMED_EXPIRES_SECONDS = 3600;
/** Values beyond are taken as this (RFC 3261 §10.2). */
const EXPIRES_SECONDS_MAX = 2 ** 32 - 1;
/** The most that a registrar may ask for with 423: from an hour on every interval is long enough (§10.3 step 7). */
const BRIEF_SECONDS_MAX = 3600;
const FULL_Q_MILLI = 1000;

/** Which intervals a registrar grants, in seconds (RFC 3261 §10.3 step 7). */
export interface ExpiryLimits {
  readonly defaultExpiresSeconds: number;
  readonly minExpiresSeconds: number;
  readonly maxExpiresSeconds: number;
}

/** One Contact value: bind this URI for so long, or unbind it with 0. */
export interface ContactChange {
  readonly contactUri: string;
  readonly expiresSeconds: number;
  readonly qMilli: number;
}

/** What a REGISTER asks for (RFC 3261 §10.3 steps 6 and 7). */
export type RequestedChanges =
  | { readonly kind: "fetch" }
  | { readonly kind: "removeAll" }
  | { readonly kind: "change"; readonly contacts: readonly ContactChange[] };

const FETCH: RequestedChanges = { kind: "fetch" };
const REMOVE_ALL: RequestedChanges = { kind: "removeAll" };

/** Reads Contact and Expires; looks at nothing that is stored. */
export function requestedChanges(
  request: SipRequest,
  limits: ExpiryLimits,
): RequestedChanges | Cause {
  const values = request.values(Header.Contact);
  if (values.length === 0) return FETCH;
  if (values.includes("*")) return wildcard(request, values.length);
  const contacts = request.nameAddrs(Header.Contact);
  if (isMalformed(contacts)) {
    const { expected, offset } = contacts;
    return because("contact-malformed", 400, { expected, offset });
  }
  const headerSeconds = expiresHeader(request);
  const changes: ContactChange[] = [];
  for (const contact of contacts) {
    const qMilli = qMilliOf(parameterOf(contact.parameters, "q"));
    if (qMilli === undefined) {
      const expected = "a q value from 0 to 1 with at most three decimals";
      const offset = Math.max(0, request.text.indexOf(contact.uri.text));
      return because("contact-malformed", 400, { expected, offset });
    }
    const parameter = parameterOf(contact.parameters, "expires");
    const requested =
      parameter === undefined
        ? (headerSeconds ?? limits.defaultExpiresSeconds)
        : secondsOf(parameter);
    if (isTooBrief(requested, limits.minExpiresSeconds)) {
      return because("interval-too-brief", 423, {
        requestedSeconds: requested,
        minimumSeconds: limits.minExpiresSeconds,
      });
    }
    const expiresSeconds = Math.min(requested, limits.maxExpiresSeconds);
    changes.push({ contactUri: contact.uri.text, expiresSeconds, qMilli });
  }
  return { kind: "change", contacts: changes };
}

/** RFC 3261 §10.3 step 6: `*` stands alone and with Expires: 0, or not at all. */
function wildcard(request: SipRequest, contactCount: number): RequestedChanges | Cause {
  if (contactCount > 1) {
    return because("wildcard-misused", 400, { expected: "wildcard-alone" });
  }
  if (request.integer(Header.Expires) !== 0) {
    return because("wildcard-misused", 400, { expected: "wildcard-expires" });
  }
  return REMOVE_ALL;
}

/** RFC 3261 §10.3 step 7: 423 only for what is above zero, below an hour and below our minimum. */
function isTooBrief(seconds: number, minimumSeconds: number): boolean {
  return seconds > 0 && seconds < minimumSeconds && seconds < BRIEF_SECONDS_MAX;
}

function expiresHeader(request: SipRequest): number | undefined {
  const seconds = request.integer(Header.Expires);
  if (seconds === undefined || typeof seconds === "number") return seconds;
  return MALFORMED_EXPIRES_SECONDS;
}

function secondsOf(text: string): number {
  if (text === "") return MALFORMED_EXPIRES_SECONDS;
  let seconds = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return MALFORMED_EXPIRES_SECONDS;
    seconds = Math.min(seconds * 10 + digit, EXPIRES_SECONDS_MAX);
  }
  return seconds;
}

/** `0.75` as 750; undefined where it is no qvalue (RFC 3261 §25.1). Not given: 1. */
function qMilliOf(text: string | undefined): number | undefined {
  if (text === undefined) return FULL_Q_MILLI;
  const whole = text.charCodeAt(0) - 48;
  if ((whole !== 0 && whole !== 1) || text.length > 5) return undefined;
  if (text.length > 1 && text[1] !== ".") return undefined;
  let milli = whole * FULL_Q_MILLI;
  let weight = 100;
  for (let at = 2; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    milli += digit * weight;
    weight /= 10;
  }
  return milli <= FULL_Q_MILLI ? milli : undefined;
}
