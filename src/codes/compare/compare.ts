import type { CodeLanguage, CodeText, RegisteredFacts } from "../types.ts";
import type { Speech } from "./fill.ts";
import { forkSentence } from "./fork.ts";
import { ladderOf, type Ladder } from "./ladder.ts";
import { openingOf } from "./opening.ts";
import { relationOf, type Relation } from "./relation.ts";
import { topicsOf } from "./rows.ts";
import { sendingOf } from "./sending.ts";

/** Two codes side by side, the lower number first whatever the order of the question. */
export interface Comparison {
  readonly language: CodeLanguage;
  readonly codes: readonly [number, number];
  readonly names: readonly [string, string];
  readonly title: string;
  readonly relation: Relation["kind"];
  /** Whether they are alternatives or steps of one call, a sentence each: the verdict first. */
  readonly opening: readonly string[];
  /** Words of their own that this pair has: paragraphs of Markdown, in English where `language` has none yet. */
  readonly written: { readonly language: CodeLanguage; readonly text: string } | undefined;
  /** A call in which both occur. */
  readonly ladder: Ladder | undefined;
  readonly differences: readonly {
    readonly topic: string;
    readonly heading: string;
    readonly sides: readonly [string, string];
  }[];
  readonly shared: readonly { readonly topic: string; readonly text: string }[];
  /** What a forking proxy makes of the two. */
  readonly fork: string | undefined;
  /** For who has to send one: the difference that decides, then each on its own. */
  readonly sending: readonly string[];
  /** The headings over the parts, by part. */
  readonly headings: Readonly<Record<string, string>>;
}

/** Composes the comparison from facts; every sentence is chosen by a rule that holds for this pair. */
export function comparisonOf(
  pair: readonly [RegisteredFacts, RegisteredFacts],
  texts: Readonly<Record<string, CodeText>>,
  written: Readonly<Record<string, string>>,
  spoken: {
    readonly language: CodeLanguage;
    readonly writtenIn: CodeLanguage;
    readonly speech: Speech;
    readonly headings: Readonly<Record<string, string>>;
  },
): Comparison {
  const [a, b] = pair[0].code < pair[1].code ? pair : [pair[1], pair[0]];
  const { language, writtenIn, speech, headings } = spoken;
  const own = written[`${a.code}-${b.code}`];
  const relation = relationOf(a, b);
  const leads = [texts[a.code]?.lead ?? "", texts[b.code]?.lead ?? ""] as const;
  const topics = topicsOf(a, b, leads, speech);
  return {
    language,
    codes: [a.code, b.code],
    names: [a.name, b.name],
    title: speech.say("headings", "title", { a: `${a.code} ${a.name}`, b: `${b.code} ${b.name}` }),
    relation: relation.kind,
    opening: openingOf(relation, a, b, speech),
    written: own === undefined ? undefined : { language: writtenIn, text: own },
    ladder: ladderOf(relation, a, b, speech),
    differences: topics.flatMap(({ topic, sides }) =>
      sides === undefined ? [] : [{ topic, heading: speech.say("topics", topic), sides }],
    ),
    shared: topics.flatMap(({ topic, shared }) =>
      shared === undefined ? [] : [{ topic, text: shared }],
    ),
    fork: forkSentence(a, b, speech),
    sending: sendingOf(a, b, speech),
    headings,
  };
}
