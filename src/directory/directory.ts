import type { Credential } from "../base/credential.ts";
import type { Aor } from "../message/index.ts";

export { digestAlgorithms, type Credential, type DigestAlgorithm } from "../base/credential.ts";

/** Somebody who exists at a domain of ours. `credential` is undefined for a user without a password. */
export interface Subscriber {
  readonly kind: "subscriber";
  readonly aor: Aor;
  readonly credential: Credential | undefined;
}

/** Another name for an address; `target` may be an alias again, or a URI elsewhere. */
export interface Alias {
  readonly kind: "alias";
  readonly aor: Aor;
  readonly target: string;
}

export type DirectoryEntry = Subscriber | Alias;

/** What a backend promises. The conformance suite tests each promise, and each refusal. */
export interface DirectorySupport {
  readonly durable: boolean;
  readonly sharedBetweenMachines: boolean;
}

/**
 * Who exists, with what secret, under which other names. What goes wrong in the surroundings is thrown as
 * `ServerError("directory-unreachable")`.
 */
export interface Directory {
  readonly supports: DirectorySupport;
  /** How many subscribers there are; undefined where counting is dear. */
  readonly size: number | undefined;
  /** Synchronous where the backend can be: it stands on the way of every call. */
  find(aor: Aor): DirectoryEntry | undefined | Promise<DirectoryEntry | undefined>;
  /**
   * Adds or replaces; resolves when it would survive the process being killed. A couple of hundred entries are all or
   * nothing; of a longer list a failure may leave the first part. The event loop turns meanwhile.
   */
  put(entries: readonly DirectoryEntry[]): Promise<void>;
  /** @returns whether it was there */
  remove(aor: Aor): Promise<boolean>;
  /** All of them, or those of one kind, in no particular order; for people who list. Sliced by the caller. */
  entries(kind?: DirectoryEntry["kind"]): Iterable<DirectoryEntry> | AsyncIterable<DirectoryEntry>;
  close(): Promise<void>;
}
