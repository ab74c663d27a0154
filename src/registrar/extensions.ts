import { Header, type SipRequest } from "../message/index.ts";

/** The option tags that a registrar of ours understands (RFC 3327). */
export const SUPPORTED_EXTENSIONS: readonly string[] = ["path"];

/** The option tags of Require that we do not know, as Unsupported lists them; "" for none (RFC 3261 §8.2.2.3, §20.32). */
export function unknownExtensions(request: SipRequest): string {
  const tags = request.values(Header.Require);
  return tags.filter((tag) => !SUPPORTED_EXTENSIONS.includes(tag.toLowerCase())).join(", ");
}

/** Whether the phone itself says that it knows Path (RFC 3327 §5.3). */
export function supportsPath(request: SipRequest): boolean {
  return request.values(Header.Supported).some((tag) => tag.toLowerCase() === "path");
}
