import type { SipUri, TelUri, Uri } from "./types.ts";

/** RFC 3261 §19.1.4: a parameter of these that only one URI has makes them differ, even with its default value. */
const neverIgnored = ["user", "ttl", "method", "maddr", "transport"] as const;

/**
 * Whether two URIs mean the same by RFC 3261 §19.1.4; tel URIs by RFC 3966 §4, others character by character.
 *
 * Not transitive: a parameter that only one of the two has is ignored, so `sip:a@x;p=1` and `sip:a@x;p=2` both equal
 * `sip:a@x` and not each other. A transport parameter that one omits counts as different, as the clause on omitted
 * components says.
 */
export function sameUri(a: Uri, b: Uri): boolean {
  if (a.kind === "sip" && b.kind === "sip") return sameSipUri(a, b);
  if (a.kind === "tel" && b.kind === "tel") return sameTelUri(a, b);
  if (a.kind === "other" && b.kind === "other") {
    return a.scheme === b.scheme && afterScheme(a.text) === afterScheme(b.text);
  }
  return false;
}

function sameSipUri(a: SipUri, b: SipUri): boolean {
  if (a.text === b.text) return true;
  return (
    a.scheme === b.scheme &&
    a.port === b.port &&
    a.host.toLowerCase() === b.host.toLowerCase() &&
    sameComponent(a.user, b.user) &&
    sameComponent(a.password, b.password) &&
    sameParameters(a, b) &&
    sameHeaders(a.headers, b.headers)
  );
}

/** User and password: case counts, `sip:a@x` is not `sip:a:@x`. */
function sameComponent(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return normalEscapes(a) === normalEscapes(b);
}

function sameParameters(a: SipUri, b: SipUri): boolean {
  const ofA = rawParameters(a);
  const ofB = rawParameters(b);
  for (const [name, value] of ofA) {
    if (ofB.has(name) && ofB.get(name) !== value) return false;
  }
  return neverIgnored.every((name) => ofA.has(name) === ofB.has(name));
}

/** By name, both in lower case, escapes made normal. Read from the text: `parameters` has decoded what may be reserved. */
function rawParameters(uri: SipUri): Map<string, string | undefined> {
  const afterHost = uri.text.slice(uri.text.indexOf("@") + 1);
  const [withoutHeaders = ""] = afterHost.split("?");
  const byName = new Map<string, string | undefined>();
  for (const part of withoutHeaders.split(";").slice(1)) {
    const equals = part.indexOf("=");
    const name = normalEscapes(equals === -1 ? part : part.slice(0, equals)).toLowerCase();
    const value = equals === -1 ? undefined : normalEscapes(part.slice(equals + 1)).toLowerCase();
    byName.set(name, value);
  }
  return byName;
}

/** Every header counts, their order does not. */
function sameHeaders(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return sortedHeaders(a) === sortedHeaders(b);
}

function sortedHeaders(headers: string): string {
  return headers
    .split("&")
    .map((header) => normalEscapes(header).toLowerCase())
    .toSorted()
    .join("&");
}

/**
 * An escape of a character that is not reserved is the same as the character. "%" itself stays escaped, or `%2540`
 * would come to equal `%40`.
 */
function normalEscapes(text: string): string {
  if (!text.includes("%")) return text;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (escape, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return ";/?:@&=+$,%".includes(character) ? escape.toUpperCase() : character;
  });
}

function sameTelUri(a: TelUri, b: TelUri): boolean {
  const ofA = a.parameters.map(telParameter).toSorted();
  const ofB = b.parameters.map(telParameter).toSorted();
  return (
    withoutSeparators(a.number) === withoutSeparators(b.number) && ofA.join(";") === ofB.join(";")
  );
}

function telParameter({ name, value }: { name: string; value: string | undefined }): string {
  const text = (value ?? "").toLowerCase();
  const isNumber = name === "ext" || (name === "phone-context" && text.startsWith("+"));
  return `${name}=${isNumber ? withoutSeparators(text) : text}`;
}

function withoutSeparators(number: string): string {
  return number.replace(/[-.()]/g, "").toLowerCase();
}

function afterScheme(text: string): string {
  return text.slice(text.indexOf(":"));
}
