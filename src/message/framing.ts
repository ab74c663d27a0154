import { readNumber, skipWhite, trimEnd } from "./skip.ts";
import { bytesOf } from "./bytes.ts";
import { faultAt, lastFault } from "./fault.ts";
import { emptyLineSize, endOfField } from "./header-fields.ts";
import { Header } from "./header-ids.ts";
import { foundColon, foundId, scanHeaderName } from "./header-lookup.ts";
import { HEADER_BLOCK_SIZE_BYTES_MAX, MESSAGE_SIZE_BYTES_MAX } from "./limits.ts";
import { malformed } from "./malformed.ts";
import type { CauseId } from "../causes/index.ts";
import type { Malformed, Source } from "./types.ts";

/** What a stream may carry; `StreamFramer` refuses what is larger. */
export interface FramerLimits {
  /** One message, headers and body. */
  readonly messageSizeBytes: number;
  /** Its start line and header fields. */
  readonly headerSizeBytes: number;
}

/** The limits of a stream are those of a datagram: no message is accepted over one transport only. */
export const DEFAULT_FRAMER_LIMITS: FramerLimits = {
  messageSizeBytes: MESSAGE_SIZE_BYTES_MAX,
  headerSizeBytes: HEADER_BLOCK_SIZE_BYTES_MAX,
};

/** Larger than any limit, and small enough to count with. */
const COUNTABLE = Number.MAX_SAFE_INTEGER / 16;

/** The size of the body by the only Content-Length; -1 when there is none or two, or it is no number, the fault noted. */
export function readContentLength(headerBlock: string): number {
  const length = headerBlock.length;
  const bytes = bytesOf(headerBlock, 0, length);
  let contentLength = -1;
  let at = headerBlock.indexOf("\n") + 1;
  while (at < length && emptyLineSize(headerBlock, at) === 0) {
    const fieldEnd = endOfField(headerBlock, at);
    const end = fieldEnd === -1 ? length : fieldEnd;
    const name = scanHeaderName(bytes, at, end);
    if (name !== -1 && foundId(name) === Header.ContentLength) {
      if (contentLength !== -1) return faultAt(at, "one-content-length");
      const start = skipWhite(bytes, foundColon(name) + 1, end);
      contentLength = readNumber(bytes, start, trimEnd(bytes, start, end), COUNTABLE);
      if (contentLength === -1) return faultAt(start, "body-size");
    }
    at = end;
  }
  return contentLength === -1 ? faultAt(at, "content-length") : contentLength;
}

/**
 * Why a stream cannot be read on behind this text, which the framer gave as unframable (RFC 3261 §18.3, §20.14): it is
 * too large, or where it ends cannot be known. `answerable` as for any malformed message; the stream is closed after.
 */
export function malformedFraming(
  text: string,
  limits: FramerLimits = DEFAULT_FRAMER_LIMITS,
  source?: Source,
): Malformed {
  const limitBytes = limits.headerSizeBytes;
  if (text.length > limitBytes) {
    return tooLarge(text, text.length, limitBytes, source);
  }
  const contentLength = readContentLength(text);
  const sizeBytes = text.length + contentLength;
  if (contentLength !== -1 && sizeBytes > limits.messageSizeBytes) {
    return tooLarge(text, sizeBytes, limits.messageSizeBytes, source);
  }
  const { offset, expected } = lastFault;
  const isMissing = expected === "content-length";
  const causeId: CauseId = isMissing ? "header-missing" : "content-length-wrong";
  return malformed(text, { causeId, offset, expected, headerName: "Content-Length" }, source);
}

function tooLarge(
  text: string,
  sizeBytes: number,
  limitBytes: number,
  source: Source | undefined,
): Malformed {
  const size = { sizeBytes, limitBytes };
  const facts = { offset: limitBytes, expected: "fewer-bytes", size } as const;
  return malformed(text, { causeId: "message-too-large", headerName: undefined, ...facts }, source);
}
