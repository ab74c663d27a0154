/** Messages as texts, read and written with nothing of Nexthop's: a peer that shares no bug with it. */

/** All values of one header field, in order. Names are written out in these tests, and lists come one a line. */
export function valuesOf(message: string, name: string): readonly string[] {
  return [...message.matchAll(new RegExp(`^${name}: *(.*?)\\r$`, "gim"))].map(
    ([, value]) => value ?? "",
  );
}

/** The first value of one header field; "" when there is none. */
export function valueOf(message: string, name: string): string {
  return valuesOf(message, name)[0] ?? "";
}

/** `INVITE` of a request, `180 INVITE` of a response. */
export function inShort(message: string): string {
  const status = /^SIP\/2\.0 (\d+)/.exec(message)?.[1];
  const method = valueOf(message, "CSeq").split(" ")[1] ?? "";
  return status === undefined ? (message.split(" ")[0] ?? "") : `${status} ${method}`;
}

/** The URI of a name-addr. */
export function uriOf(nameAddr: string): string {
  return /<([^>]*)>/.exec(nameAddr)?.[1] ?? nameAddr;
}

/** The Request-URI. */
export function requestUriOf(request: string): string {
  return request.split(" ")[1] ?? "";
}

/** The tag of a From or To; "" when there is none. */
export function tagOf(value: string): string {
  return /;tag=([^;]+)/.exec(value)?.[1] ?? "";
}

/** One message: its first line and its fields, with lengths and line ends. */
export function messageOf(first: string, fields: readonly string[], body = ""): string {
  const type = body === "" ? [] : ["Content-Type: application/sdp"];
  return [first, ...fields, ...type, `Content-Length: ${body.length}`, "", body].join("\r\n");
}

/** A response with what it must repeat (RFC 3261 §8.2.6.2), and the Record-Route that makes a dialog (§12.1.1). */
export function responseTo(
  request: string,
  status: number,
  toTag: string,
  extra: readonly string[] = [],
): string {
  const repeated = (name: string): string[] =>
    valuesOf(request, name).map((value) => `${name}: ${value}`);
  const to = valueOf(request, "To");
  return messageOf(`SIP/2.0 ${status} As Scripted`, [
    ...repeated("Via"),
    ...repeated("Record-Route"),
    `From: ${valueOf(request, "From")}`,
    `To: ${to}${tagOf(to) === "" && toTag !== "" ? `;tag=${toTag}` : ""}`,
    `Call-ID: ${valueOf(request, "Call-ID")}`,
    `CSeq: ${valueOf(request, "CSeq")}`,
    ...extra,
  ]);
}
