import { Header, type HeaderId } from "./header-ids.ts";

interface HeaderNameFacts {
  readonly id: HeaderId;
  /** As it is written. */
  readonly name: string;
  /** The one-letter form (RFC 3261 §7.3.3), lower case. */
  readonly compact: string | undefined;
  /** Several values may stand in one field, between commas (RFC 3261 §7.3.1). */
  readonly isList: boolean;
  /** Whose grammar says so. */
  readonly source: string;
}

function list(id: HeaderId, name: string, source: string, compact?: string): HeaderNameFacts {
  return { id, name, compact, isList: true, source };
}

function single(id: HeaderId, name: string, source: string, compact?: string): HeaderNameFacts {
  return { id, name, compact, isList: false, source };
}

/**
 * The header fields that have an id. The compact form `n` (Identity-Info, RFC 4474) is obsolete since RFC 8224 and
 * has none. Fields of RFC 3261: compact forms from §7.3.3 and §20, lists from the grammar in §25.1 and from §20.7 and §20.28; the challenges and
 * credentials hold commas and are no lists (§7.3.1).
 */
export const headerNames: readonly HeaderNameFacts[] = [
  list(Header.Via, "Via", "RFC 3261 §20.42", "v"),
  single(Header.From, "From", "RFC 3261 §20.20", "f"),
  single(Header.To, "To", "RFC 3261 §20.39", "t"),
  single(Header.CallId, "Call-ID", "RFC 3261 §20.8", "i"),
  single(Header.Cseq, "CSeq", "RFC 3261 §20.16"),
  list(Header.Contact, "Contact", "RFC 3261 §20.10", "m"),
  single(Header.MaxForwards, "Max-Forwards", "RFC 3261 §20.22"),
  single(Header.ContentLength, "Content-Length", "RFC 3261 §20.14", "l"),
  single(Header.ContentType, "Content-Type", "RFC 3261 §20.15", "c"),
  list(Header.Route, "Route", "RFC 3261 §20.34"),
  list(Header.RecordRoute, "Record-Route", "RFC 3261 §20.30"),
  single(Header.Expires, "Expires", "RFC 3261 §20.19"),
  single(Header.Authorization, "Authorization", "RFC 3261 §20.7"),
  single(Header.ProxyAuthorization, "Proxy-Authorization", "RFC 3261 §20.28"),
  single(Header.WwwAuthenticate, "WWW-Authenticate", "RFC 3261 §20.44"),
  single(Header.ProxyAuthenticate, "Proxy-Authenticate", "RFC 3261 §20.27"),
  list(Header.Require, "Require", "RFC 3261 §20.32"),
  list(Header.ProxyRequire, "Proxy-Require", "RFC 3261 §20.29"),
  list(Header.Supported, "Supported", "RFC 3261 §20.37", "k"),
  list(Header.Unsupported, "Unsupported", "RFC 3261 §20.40"),
  single(Header.MinExpires, "Min-Expires", "RFC 3261 §20.23"),
  list(Header.Path, "Path", "RFC 3327 §4"),
  single(Header.MaxBreadth, "Max-Breadth", "RFC 5393 §5.3"),
  single(Header.UserAgent, "User-Agent", "RFC 3261 §20.41"),
  single(Header.Server, "Server", "RFC 3261 §20.35"),
  list(Header.Allow, "Allow", "RFC 3261 §20.5"),
  single(Header.Date, "Date", "RFC 3261 §20.17"),
  single(Header.RetryAfter, "Retry-After", "RFC 3261 §20.33"),
  list(Header.Warning, "Warning", "RFC 3261 §20.43"),
  list(Header.Reason, "Reason", "RFC 3326 §2"),
  single(Header.Timestamp, "Timestamp", "RFC 3261 §20.38"),
  single(Header.Subject, "Subject", "RFC 3261 §20.36", "s"),
  list(Header.Accept, "Accept", "RFC 3261 §20.1"),
  list(Header.AcceptEncoding, "Accept-Encoding", "RFC 3261 §20.2"),
  list(Header.AcceptLanguage, "Accept-Language", "RFC 3261 §20.3"),
  list(Header.ContentEncoding, "Content-Encoding", "RFC 3261 §20.12", "e"),
  single(Header.ContentDisposition, "Content-Disposition", "RFC 3261 §20.11"),
  list(Header.ContentLanguage, "Content-Language", "RFC 3261 §20.13"),
  single(Header.MimeVersion, "MIME-Version", "RFC 3261 §20.24"),
  single(Header.AuthenticationInfo, "Authentication-Info", "RFC 3261 §20.6"),
  list(Header.ErrorInfo, "Error-Info", "RFC 3261 §20.18"),
  list(Header.AlertInfo, "Alert-Info", "RFC 3261 §20.4"),
  list(Header.CallInfo, "Call-Info", "RFC 3261 §20.9"),
  list(Header.InReplyTo, "In-Reply-To", "RFC 3261 §20.21"),
  single(Header.Organization, "Organization", "RFC 3261 §20.25"),
  single(Header.Priority, "Priority", "RFC 3261 §20.26"),
  single(Header.ReplyTo, "Reply-To", "RFC 3261 §20.31"),
  single(Header.ReferTo, "Refer-To", "RFC 3515 §2.1", "r"),
  single(Header.ReferredBy, "Referred-By", "RFC 3892 §3", "b"),
  single(Header.Event, "Event", "RFC 6665 §8.2.1", "o"),
  list(Header.AllowEvents, "Allow-Events", "RFC 6665 §8.2.2", "u"),
  single(Header.SessionExpires, "Session-Expires", "RFC 4028 §4", "x"),
  single(Header.MinSe, "Min-SE", "RFC 4028 §5"),
  list(Header.PAssertedIdentity, "P-Asserted-Identity", "RFC 3325 §9.1"),
  single(Header.Privacy, "Privacy", "RFC 3323 §4.2"),
  list(Header.ServiceRoute, "Service-Route", "RFC 3608 §4"),
  single(Header.Identity, "Identity", "RFC 8224 §4", "y"),
  single(Header.RSeq, "RSeq", "RFC 3262 §7.1"),
  single(Header.RAck, "RAck", "RFC 3262 §7.2"),
  single(Header.SubscriptionState, "Subscription-State", "RFC 6665 §8.2.3"),
  list(Header.RequestDisposition, "Request-Disposition", "RFC 3841 §9.1", "d"),
  list(Header.AcceptContact, "Accept-Contact", "RFC 3841 §9.2", "a"),
  list(Header.RejectContact, "Reject-Contact", "RFC 3841 §9.2", "j"),
];

const byId: (HeaderNameFacts | undefined)[] = [];
for (const facts of headerNames) byId[facts.id] = facts;

/** The name as it is written, never compact; `""` for `Header.Other`. */
export function headerNameOf(id: HeaderId): string {
  return byId[id]?.name ?? "";
}

/** Whether commas separate values of that header field. */
export function isListHeader(id: HeaderId): boolean {
  return byId[id]?.isList ?? false;
}
