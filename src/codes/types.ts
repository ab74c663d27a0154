/** The ten languages of the reference, whether or not a part of it is there in them yet. */
export const codeLanguages = [
  "en",
  "de",
  "es",
  "fr",
  "ja",
  "ko",
  "pt-BR",
  "ru",
  "zh-CN",
  "zh-TW",
] as const;
export type CodeLanguage = (typeof codeLanguages)[number];

/** What is true of a registered code in every language: `content/schema/code.schema.json` says field by field. */
export interface RegisteredFacts {
  readonly code: number;
  readonly name: string;
  readonly registered: true;
  readonly class: CodeClass;
  readonly final: boolean;
  readonly deprecated?: true;
  readonly formerNames?: readonly { readonly name: string; readonly in: string }[];
  readonly wrongNames?: readonly string[];
  readonly spec: { readonly rfc: string; readonly section: string };
  readonly seeAlso?: readonly string[];
  readonly senders: readonly string[];
  readonly madeLocally?: "timeout" | "transportError";
  readonly scope: "hopByHop" | "endToEnd" | "anyServer";
  /** Of failures only: when in the life of a request it is decided. */
  readonly decided?: "arrival" | "search" | "device" | "user" | "outage" | "cancel";
  readonly methods: readonly string[];
  readonly neverFor?: readonly string[];
  readonly headers: {
    readonly required: readonly string[];
    readonly requiredOneOf?: readonly string[];
    readonly requiredFor?: Readonly<Record<string, readonly string[]>>;
    readonly usual: readonly string[];
  };
  readonly body?: readonly string[];
  readonly toTag: "required" | "optional";
  readonly ack: "none" | "hopByHop" | "endToEnd" | "noneForTheseMethods";
  readonly forking: string;
  readonly dialog: { readonly creates: string; readonly failureEnds: string };
  readonly repeat: {
    readonly how: string;
    readonly needs?: readonly string[];
    readonly waitSeconds?: {
      readonly callIdOwner?: readonly number[];
      readonly other?: readonly number[];
    };
  };
  readonly q850?: Q850;
  readonly http?: { readonly code: number; readonly relation: "same" | "near" | "falseFriend" };
  readonly grpc?: string;
  readonly vendorPhrases?: readonly VendorPhrase[];
  readonly related: readonly number[];
  readonly confusedWith: readonly number[];
  readonly causes: readonly string[];
  readonly unchecked: readonly string[];
  readonly unreadSources?: readonly string[];
}

/** A number seen on the wire, or in lists, that IANA does not list. */
export interface UnregisteredFacts {
  readonly code: number;
  readonly name: string;
  readonly registered: false;
  readonly class: CodeClass;
  readonly final: boolean;
  readonly origin: string;
  readonly onTheWire: boolean;
  readonly useInstead: readonly number[];
  readonly spec?: { readonly rfc: string; readonly section: string };
  readonly q850?: Q850;
  readonly vendorPhrases?: readonly VendorPhrase[];
  readonly sure: string;
  readonly unchecked: readonly string[];
}

export type CodeFacts = RegisteredFacts | UnregisteredFacts;

export type CodeClass =
  | "provisional"
  | "success"
  | "redirection"
  | "clientError"
  | "serverError"
  | "globalFailure"
  | "beyondSix";

/** Per mapping (RFC 3398, Asterisk…). The mappings disagree: never invert one with another's table. */
export interface Q850 {
  readonly fromSip: Readonly<
    Record<
      string,
      {
        readonly cause: number;
        /** What the mapping gives every code that it does not list. */
        readonly byDefault?: true;
        /** A token of the words `q850Conditions`. */
        readonly onlyIf?: string;
      }
    >
  >;
  readonly toSip: Readonly<
    Record<
      string,
      {
        readonly causes: readonly number[];
        readonly onlyIf?: string;
        readonly unless?: string;
        /** The mapping gives this code for every cause that it does not list. */
        readonly everyOther?: true;
      }
    >
  >;
}

/** A reason phrase by which software can be told; `id` has its meaning in the words of each language. */
export interface VendorPhrase {
  readonly id: string;
  /** A regular expression on the reason phrase. */
  readonly pattern: string;
  readonly software: string;
  readonly sure: "high" | "medium" | "low";
}

/**
 * A page in one language. Texts are Markdown of one kind of paragraph: bold, code and links to `code:480` and
 * `cause:user-unknown`; paragraphs are parted by an empty line.
 */
export interface CodeText {
  readonly lead: string;
  readonly headings: Readonly<Record<string, string>>;
  readonly meaning: string;
  readonly occasions: string;
  readonly checkColumns: readonly string[];
  readonly checks: readonly (readonly string[])[];
  /** Registered codes only, as the next two. */
  readonly fixes?: readonly { readonly reader: string; readonly text: string }[];
  readonly isNot?: string;
  readonly questions?: readonly { readonly question: string; readonly answer: string }[];
  /** Unregistered codes only. */
  readonly instead?: string;
}

/** The words of every token in the facts: by kind, by token. */
export type CodeWords = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The sentences that comparisons are made of: by group, by key, with `{placeholders}`. */
export type CompareWords = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What one compiled module holds of one language. */
export interface CodeModule {
  readonly texts: Readonly<Record<string, CodeText>>;
  readonly words: CodeWords;
}

/** Words of their own that pairs have, as Markdown: by `404-480`, the lower number first. */
export type PairTexts = Readonly<Record<string, string>>;

/** What the compiled module of facts holds: no language in it. */
export interface FactsModule {
  readonly facts: readonly CodeFacts[];
  /** By code: a response that the parser accepts, CRLF and all. Registered codes only. */
  readonly examples: Readonly<Record<string, string>>;
}
