import type { CodeLanguage } from "./types.ts";

/** The words of one cause in one language. `says` and `fixes` are templates with `{placeholders}`. */
export interface CauseText {
  readonly title: string;
  readonly says: string;
  readonly whatHappened: string;
  readonly whatTheServerDid: string;
  readonly howToSeeIt: string;
  readonly fixes: readonly string[];
}

/** What is known of a cause beside its table row, in no language. */
export interface CauseFacts {
  readonly severity: "info" | "warning" | "error";
  /** Who can do something about it. */
  readonly sides: readonly ("caller" | "callee" | "operator")[];
  readonly relatedCauses: readonly string[];
  readonly relatedCodes: readonly number[];
  /** What `example.sip` is; absent where no message makes sense. */
  readonly example?: "request" | "response" | "malformed";
}

/** How a language puts values and pieces together: `content/phrasing/<lang>.json`. */
export interface Phrasing {
  readonly joins: {
    /** Between the notes of a row. */
    readonly notes: string;
    readonly sentences: string;
    /** Behind a label or a heading, before what it announces. */
    readonly label: string;
  };
  readonly numbers: { readonly decimal: string; readonly thousands: string };
  /** Each a template with `{value}`. */
  readonly units: Readonly<Record<Unit, string>>;
  /** Kinds of directory, by the name that the server gives them. */
  readonly stores: Readonly<Record<string, string>>;
  /** What a reader of a message wanted where it stopped, by id. */
  readonly expected: Readonly<Record<string, string>>;
}

/** What a number may be counted in. */
export type Unit = "ms" | "s" | "min" | "h" | "d" | "bytes";

/** All that explaining needs to speak one language: causes by id, and the words between them. */
export interface CauseContent {
  readonly language: CodeLanguage;
  readonly texts: Readonly<Record<string, CauseText>>;
  readonly facts: Readonly<Record<string, CauseFacts>>;
  readonly words: Readonly<Record<string, string>>;
  /** What commands say themselves. */
  readonly cli: Readonly<Record<string, string>>;
  readonly phrasing: Phrasing;
}

/** What the compiled modules hold: everything but the language, which the loader knows. */
export type CausesModule = Omit<CauseContent, "language" | "facts">;
export type CauseFactsModule = CauseContent["facts"];
