import { Header, type SipRequest } from "../message/index.ts";
import type { AnswerScript } from "./options.ts";
import type { HeaderLine } from "./request-factory.ts";

/** Why a request is refused whatever its method does, and what the response must say besides. */
export interface Unacceptable {
  readonly statusCode: number;
  readonly headers: readonly HeaderLine[];
}

/** The only body that this user agent reads. */
const DESCRIPTION_TYPE = "application/sdp";

/**
 * What a UAS looks at before it does what the method says (RFC 3261 §8.2.2, §8.2.3): the scheme it is called by, the
 * extensions it is required to know, the body it is to read. A CANCEL is not asked about: its Require is ignored
 * (RFC 3261 §8.2.2.3).
 */
export function inspect(request: SipRequest): Unacceptable | undefined {
  if (request.requestUri.kind === "other") return { statusCode: 416, headers: [] };
  const required = request.values(Header.Require);
  if (required.length > 0) {
    return { statusCode: 420, headers: [["Unsupported", required.join(", ")]] };
  }
  return unreadableBody(request);
}

function unreadableBody(request: SipRequest): Unacceptable | undefined {
  if (request.bodyEnd === request.bodyOffset) return undefined;
  if (/;\s*handling\s*=\s*optional\b/i.test(request.header(Header.ContentDisposition) ?? "")) {
    return undefined;
  }
  const encoding = request.header(Header.ContentEncoding) ?? "identity";
  if (encoding.toLowerCase() !== "identity") {
    return { statusCode: 415, headers: [["Accept-Encoding", "identity"]] };
  }
  const [type = ""] = (request.header(Header.ContentType) ?? DESCRIPTION_TYPE).split(";");
  if (type.trim().toLowerCase() === DESCRIPTION_TYPE) return undefined;
  return { statusCode: 415, headers: [["Accept", DESCRIPTION_TYPE]] };
}

/** What an INVITE would get now, which is what OPTIONS gets (RFC 3261 §11.2). */
export function statusForCallers(script: AnswerScript): number {
  switch (script.kind) {
    case "busy":
      return 486;
    case "decline":
      return 603;
    case "refuse":
      return script.statusCode;
    case "redirect":
      return 302;
    case "answer":
    case "ring-forever":
    case "silent-after-100":
    case "no-answer-at-all":
      return 200;
  }
}
