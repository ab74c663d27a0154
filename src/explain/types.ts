import type { CodeLanguage } from "../codes/index.ts";
import type { Evidence } from "../causes/index.ts";
import type { Ladder } from "../trace/index.ts";

/** A line of proof: `looked up   sip:bbo@example.org   in directory`. */
export interface EvidenceRow {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

/** Somebody whom the caller may have meant. */
export interface NearMiss {
  /** As it is kept: `sip:bob@example.org`. */
  readonly aor: string;
  readonly how: "other-domain" | "number" | "letter-case" | "one-away" | "lapsed";
  /** undefined: nobody can say. */
  readonly devices: number | undefined;
  /** Where the entry is an alias: what it leads to. */
  readonly aliasOf: string | undefined;
  /** For "lapsed": when the last binding ended. */
  readonly endedAtMs: number | undefined;
}

/** One branch as it went. */
export interface BranchSummary {
  readonly branch: number;
  readonly target: string;
  readonly destination: string;
  /** 0 while there is none, and where it failed without an answer. */
  readonly statusCode: number;
  readonly isPending: boolean;
  readonly says: string;
}

/** Whose decision a final response was, and what we did to it on the way. */
export interface WhoSaidNo {
  readonly origin: "own" | "relayed";
  /** The hop that said it; "" when it was us. */
  readonly hop: string;
  readonly statusCode: number;
  /** After the request was sent to that hop. */
  readonly afterMs: number;
  readonly changes: readonly string[];
}

/** What happens next to a request that is pending. */
export interface NextStep {
  readonly timer: string;
  readonly branch: number;
  readonly inMs: number;
  /** What the caller will then get; 0 where that timer does not end the wait. */
  readonly statusCode: number;
  readonly says: string;
}

/** Why one case went as it did: plain values, ready for JSON; the sentences are in the language asked for. */
export interface Explanation {
  /** What the sentences are in: English where the language asked for is not complete. */
  readonly language: CodeLanguage;
  readonly caseId: string;
  readonly callId: string;
  readonly state: "succeeded" | "failed" | "pending";
  readonly headline: {
    readonly method: string;
    /** 0 while pending, and where nothing was answered. */
    readonly statusCode: number;
    readonly reasonPhrase: string;
    readonly toWhom: string;
    readonly afterMs: number;
  };
  /** The headline as a sentence. */
  readonly heading: string;
  /** undefined: it worked, or nothing kept says why. */
  readonly causeId: string | undefined;
  readonly causeEvidence: Evidence;
  readonly severity: "info" | "warning" | "error";
  readonly rfc: string;
  readonly says: string;
  readonly evidence: readonly EvidenceRow[];
  readonly nearMisses: readonly NearMiss[];
  readonly fixes: readonly string[];
  readonly notes: readonly string[];
  readonly branches: readonly BranchSummary[];
  readonly next: NextStep | undefined;
  readonly whoSaidNo: WhoSaidNo | undefined;
  readonly ladder: Ladder;
  /** The few words that a renderer puts around the rest. */
  readonly labels: {
    readonly caseId: string;
    readonly fixes: string;
    readonly next: string;
    /** Between a label or a heading and what it announces. */
    readonly join: string;
  };
}
