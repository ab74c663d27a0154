import type { DnsQuestion } from "../base/dns.ts";
import type { Cause, SilentCause } from "../causes/index.ts";
import type { Aor } from "../message/index.ts";
import type { ClientBranch } from "./client-branch.ts";

/** What the proxy core asks its driver to do, or to find out. */
export type ProxyOutput =
  /** On the server transaction. `cause` for what we originate from 300 up; `branch` is 0 when it is our own. */
  | {
      readonly kind: "respond";
      readonly statusCode: number;
      readonly text: string;
      readonly cause: Cause | undefined;
      readonly branch: number;
    }
  /** No final response can be given (RFC 4320 §4.2); the server transaction ends by itself. */
  | { readonly kind: "giveUp"; readonly cause: SilentCause }
  /** A new client transaction; the driver asks `requestFor` for the text once it knows the way out. */
  | { readonly kind: "start"; readonly branch: ClientBranch }
  /** CANCEL for a branch that has given a provisional. */
  | { readonly kind: "cancel"; readonly branch: ClientBranch }
  /** Nothing more is awaited of it: its client transaction is dropped. */
  | { readonly kind: "abandon"; readonly branch: ClientBranch }
  | { readonly kind: "find"; readonly aor: Aor }
  | { readonly kind: "lookup"; readonly aor: Aor }
  /** A question to the DNS on the way of that branch. */
  | { readonly kind: "resolve"; readonly branch: ClientBranch; readonly question: DnsQuestion }
  /** A final response was given, or given up, and no branch is pending. */
  | { readonly kind: "ended" };
