import type { CodeLanguage } from "./types.ts";

/** A piece of a guide: a paragraph of Markdown (bold, code, links), a drawing to show as it is, or commands to type. */
export type GuideBlock =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "ladder"; readonly lines: readonly string[] }
  | { readonly kind: "commands"; readonly lines: readonly string[] };

/** One cause of a symptom: `evidence` is what tells it from the other causes, `fix` what to do then. */
export interface GuideCause {
  readonly name: string;
  readonly text: string;
  readonly evidence: string;
  readonly fix: string;
}

/** What a guide points at, in no language: `content/schema/guide.schema.json` says field by field. */
export interface GuideFacts {
  readonly order: number;
  readonly codes: readonly number[];
  /** `404-480`, the lower number first. */
  readonly compare: readonly string[];
  /** Ids of causes by which the server reports it. */
  readonly causes: readonly string[];
  readonly guides: readonly string[];
}

/** The text of a guide in one language; `headings` by key: see, causes, find, fix, isNot. */
export interface GuideText {
  readonly title: string;
  readonly lead: string;
  readonly headings: Readonly<Record<string, string>>;
  readonly see: readonly GuideBlock[];
  /** The one that is met most often first. */
  readonly causes: readonly GuideCause[];
  readonly find: readonly GuideBlock[];
  readonly isNot: readonly GuideBlock[];
}

/** A guide by symptom. */
export interface Guide extends GuideText {
  readonly id: string;
  /** The language that it is in: English where the asked one is not complete yet. */
  readonly language: CodeLanguage;
  readonly facts: GuideFacts;
}

/** One term of the glossary; `text` is Markdown with links to `term:via`, `code:480` and the like. */
export interface GlossaryEntry {
  readonly id: string;
  readonly term: string;
  readonly text: string;
  /** Where the term is defined, as `RFC 3261 §6`; undefined for words of our own and of the trade. */
  readonly source: string | undefined;
  readonly related: readonly string[];
}

/** The glossary in one language, in the order of its English terms. */
export interface Glossary {
  readonly language: CodeLanguage;
  readonly title: string;
  readonly lead: string;
  readonly entries: readonly GlossaryEntry[];
}

/** A question of "who sent it?": each answer leads to another question or to a verdict. */
export interface SenderQuestion {
  readonly id: string;
  readonly question: string;
  /** Where to look, and why that tells. */
  readonly how: string;
  readonly answers: readonly {
    readonly id: string;
    readonly text: string;
    readonly next:
      | { readonly kind: "question"; readonly id: string }
      | { readonly kind: "verdict"; readonly id: string };
  }[];
}

/** Who made the response, why one can say so, and what to do next. */
export interface SenderVerdict {
  readonly id: string;
  readonly verdict: string;
  readonly because: string;
  readonly next: string;
}

/** The decision tree "who sent it?" in one language. Begin with the question `start`. */
export interface WhoSentIt {
  readonly language: CodeLanguage;
  readonly title: string;
  readonly lead: string;
  readonly start: string;
  readonly questions: readonly SenderQuestion[];
  readonly verdicts: readonly SenderVerdict[];
}

/** What the compiled modules hold: everything but the language, which the loader knows. */
export type GuidesModule = readonly Omit<Guide, "language">[];
export type GlossaryModule = Omit<Glossary, "language">;
export type WhoSentItModule = Omit<WhoSentIt, "language">;
