import type { Cause } from "../causes/index.ts";
import type { Binding } from "../location/index.ts";
import { SUPPORTED_EXTENSIONS } from "./extensions.ts";

export type HeaderPair = readonly [name: string, value: string];

const SUPPORTED: HeaderPair = ["Supported", SUPPORTED_EXTENSIONS.join(", ")];

/** RFC 3261 §10.3 step 8, RFC 3327 §5.3: every current binding, the path that was stored, the time of day. */
export function acceptedHeaders(
  bindings: readonly Binding[],
  path: readonly string[],
  nowMs: number,
): HeaderPair[] {
  const headers: HeaderPair[] = [];
  for (const binding of bindings) headers.push(["Contact", contactValue(binding, nowMs)]);
  for (const value of path) headers.push(["Path", value]);
  headers.push(SUPPORTED, dateAt(nowMs));
  return headers;
}

let dateSecond = NaN;
let date: HeaderPair = ["Date", ""];

/** The time of day in RFC 1123 form (RFC 3261 §20.17). Made once a second: writing it out costs more than a look-up. */
function dateAt(nowMs: number): HeaderPair {
  const second = Math.floor(nowMs / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    date = ["Date", new Date(nowMs).toUTCString()];
  }
  return date;
}

/** What a refusal must carry beside its status code. */
export function refusedHeaders({ id, evidence }: Cause): HeaderPair[] {
  if (id === "interval-too-brief") return [["Min-Expires", `${evidence["minimumSeconds"] ?? 0}`]];
  if (id === "extension-required") return [["Unsupported", `${evidence["extensions"] ?? ""}`]];
  if (id === "path-not-supported") return [["Unsupported", "path"]];
  return [];
}

/** The order is the registrar's preference and must be kept (RFC 7616 §3.7, RFC 8760 §2.3). */
export function challengeHeaders(challenges: readonly string[]): HeaderPair[] {
  return challenges.map((value): HeaderPair => ["WWW-Authenticate", value]);
}

function contactValue({ contactUri, expiresAtMs, qMilli }: Binding, nowMs: number): string {
  // At least 1: a binding that is listed is alive, and 0 would say that it was removed.
  const seconds = Math.max(1, Math.floor((expiresAtMs - Math.floor(nowMs)) / 1000));
  const q = qMilli === 1000 ? "" : `;q=${qMilli / 1000}`;
  return `<${contactUri}>;expires=${seconds}${q}`;
}
