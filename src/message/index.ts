export { aorOf, domainOf, parseAor, userOf } from "./aor.ts";
export { buildAck, buildCancel, buildRequest, type RequestParts } from "./build-request.ts";
export {
  buildResponse,
  OK,
  RINGING,
  TRYING,
  type OwnOutcome,
  type ResponseOptions,
  type Success,
} from "./build-response.ts";
export { Header, type HeaderId } from "./header-ids.ts";
export { detached } from "./bytes.ts";
export { DEFAULT_FRAMER_LIMITS, malformedFraming, type FramerLimits } from "./framing.ts";
export { headerIdOf } from "./header-lookup.ts";
export { headerNameOf } from "./header-names.ts";
export { formatHost } from "./host.ts";
export * from "./limits.ts";
export { isMalformed } from "./malformed.ts";
export { MessageEdit } from "./message-edit.ts";
export { parseNameAddr } from "./name-addr.ts";
export { hasParameter, parameterOf } from "./parameters.ts";
export { parseMessage } from "./parse.ts";
export { reasonPhraseOf, registeredStatusCodes } from "./reason-phrases.ts";
export { asRequestUri, withoutAddressing } from "./request-uri.ts";
export { StreamFramer, type FramerOutput } from "./stream-framer.ts";
export type * from "./types.ts";
export { parseUri } from "./uri.ts";
export { sameUri } from "./uri-compare.ts";
export { parseVia } from "./via.ts";
