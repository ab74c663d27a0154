import { comparisonOf, type Comparison } from "./compare/compare.ts";
import { speechOf, type Speech } from "./compare/fill.ts";
import { headersOf, howWithNeeds } from "./compare/rows.ts";
import { searchCodes, type SearchHit } from "./search.ts";
import type {
  CodeFacts,
  CodeLanguage,
  CodeModule,
  CodeText,
  CompareWords,
  FactsModule,
  PairTexts,
} from "./types.ts";

/** One code with all that is known of it. */
export interface Code {
  /** The language that it is in: English where the asked one is not complete yet. */
  readonly language: CodeLanguage;
  readonly code: number;
  readonly name: string;
  readonly facts: CodeFacts;
  readonly text: CodeText;
  /** What the facts say, in words. */
  readonly said: SaidFacts;
  /** A response on the wire, CRLF and all; registered codes only. */
  readonly example: string | undefined;
}

/** The facts in words, ready to be shown beside labels. */
export interface SaidFacts {
  readonly class: string;
  readonly finality: string;
  readonly senders?: readonly string[];
  readonly scope?: string;
  readonly methods?: readonly string[];
  readonly headers?: string;
  readonly tag?: string;
  readonly fork?: string;
  readonly dialog?: string;
  readonly repeat?: string;
  readonly madeLocally?: string;
  readonly origin?: string;
  readonly http?: string;
  /** The conditions that mappings to and from Q.850 name, by token. */
  readonly q850Conditions: Readonly<Record<string, string>>;
  readonly phrases: readonly {
    readonly pattern: string;
    /** The pattern as the phrase that people see, where it is nothing else. */
    readonly phrase: string;
    readonly software: string;
    readonly means: string;
  }[];
}

/** The reference in one language, loaded; asking it waits for nothing. */
export interface Reference {
  /** What was asked for. */
  readonly language: CodeLanguage;
  /** What pages and comparisons come in: English for a part that is not complete in `language`. */
  readonly codesIn: CodeLanguage;
  readonly comparisonsIn: CodeLanguage;
  /** All numbers it knows, registered or not, ascending. */
  readonly numbers: readonly number[];
  /** The pairs that have words of their own, ascending; the lower number first. */
  readonly writtenPairs: readonly (readonly [number, number])[];
  /** What the parts of a page are called. */
  readonly labels: Readonly<Record<string, string>>;
  /** Things side by side, as the language of the labels joins them. */
  readonly list: (items: readonly string[]) => string;
  code(number: number): Code | undefined;
  /** undefined unless both are registered and not the same. The order does not matter. */
  compare(a: number, b: number): Comparison | undefined;
  /** Best first. By number, name, words, Q.850 cause (`cause 16`) and vendor phrase. */
  search(text: string): readonly SearchHit[];
  /** Codes near a number that nobody knows. */
  near(number: number): readonly number[];
}

/** What was loaded of one language, and what each part of it is in. */
export interface Loaded {
  readonly language: CodeLanguage;
  readonly codesIn: CodeLanguage;
  readonly comparisonsIn: CodeLanguage;
  readonly pairsIn: CodeLanguage;
  readonly facts: FactsModule;
  readonly codes: CodeModule;
  readonly compare: CompareWords;
  readonly pairs: PairTexts;
  readonly comparedCodes: CodeModule;
}

/** The reference over what was loaded. */
export function referenceOf(all: Loaded): Reference {
  const { language, codesIn, comparisonsIn, pairsIn, facts, codes, compare, pairs, comparedCodes } =
    all;
  const byCode = new Map(facts.facts.map((each) => [each.code, each]));
  const speech = speechOf(compare, comparedCodes.words, comparisonsIn);
  // A page names many codes; each is put into words once. No more than there are facts.
  const made = new Map<number, Code>();
  const own = speechOf(compare, codes.words, comparisonsIn);
  return {
    language,
    codesIn,
    comparisonsIn,
    numbers: [...byCode.keys()],
    writtenPairs: Object.keys(pairs).map((pair) => [
      Number(pair.slice(0, 3)),
      Number(pair.slice(4)),
    ]),
    labels: { ...compare["topics"], ...compare["labels"] },
    list: own.list,
    code(number) {
      const known = made.get(number);
      if (known !== undefined) return known;
      const found = byCode.get(number);
      const text = codes.texts[number];
      if (found === undefined || text === undefined) return undefined;
      const code: Code = {
        language: codesIn,
        code: number,
        name: found.name,
        facts: found,
        text,
        said: saidOf(found, own),
        example: facts.examples[number],
      };
      made.set(number, code);
      return code;
    },
    compare(a, b) {
      const [one, other] = [byCode.get(a), byCode.get(b)];
      if (one?.registered !== true || other?.registered !== true || a === b) return undefined;
      return comparisonOf([one, other], comparedCodes.texts, pairs, {
        language: comparisonsIn,
        writtenIn: pairsIn,
        speech,
        headings: compare["headings"] ?? {},
      });
    },
    search: (text) =>
      searchCodes(text, { facts: facts.facts, texts: codes.texts, words: codes.words }),
    near: (number) => nearTo(number, [...byCode.keys()]),
  };
}

/** Same last digits in another class, or neighbours: what a slip of the finger makes. */
function nearTo(number: number, known: readonly number[]): readonly number[] {
  const digits = String(number);
  const distance = (other: number): number => {
    const theirs = String(other);
    let different = Math.abs(theirs.length - digits.length) * 2;
    for (let at = 0; at < theirs.length; at += 1) if (theirs[at] !== digits[at]) different += 1;
    return different * 1_000 + Math.abs(other - number);
  };
  return known
    .filter((other) => distance(other) < 2_000)
    .toSorted((one, other) => distance(one) - distance(other))
    .slice(0, 5);
}

function conditionsOf({ q850 }: CodeFacts): readonly string[] {
  const mappings = [...Object.values(q850?.fromSip ?? {}), ...Object.values(q850?.toSip ?? {})];
  return mappings.flatMap((each) => [
    ...(each.onlyIf === undefined ? [] : [each.onlyIf]),
    ...("unless" in each && each.unless !== undefined ? [each.unless] : []),
  ]);
}

function saidOf(facts: CodeFacts, speech: Speech): SaidFacts {
  const { word, say } = speech;
  const phrases = (facts.vendorPhrases ?? []).map(({ id, pattern, software }) => ({
    pattern,
    phrase: phraseOf(pattern),
    software,
    means: word("phrases", id),
  }));
  const always = {
    class: say("cells", "class", {
      hundreds: Math.floor(facts.code / 100),
      name: word("classes", facts.class),
    }),
    finality: say("cells", facts.final ? "final" : "provisional"),
    q850Conditions: Object.fromEntries(
      conditionsOf(facts).map((each) => [each, word("q850Conditions", each)]),
    ),
    phrases,
  };
  if (!facts.registered) return { ...always, origin: word("origins", facts.origin) };
  const { methods, madeLocally, http, repeat } = facts;
  return {
    ...always,
    senders: facts.senders.map((each) => word("senders", each)),
    scope: word("scope", facts.scope),
    methods: methods.includes("any") ? [word("methods", "any")] : methods,
    headers: headersOf(facts, speech),
    tag: speech.clauses([word("toTag", facts.toTag), word("ack", facts.ack)]),
    fork: word("forking", facts.forking),
    dialog:
      facts.code < 300 && facts.dialog.failureEnds === "none"
        ? word("creates", facts.dialog.creates)
        : word("failureEnds", facts.dialog.failureEnds),
    repeat: howWithNeeds(facts, word("repeat", repeat.how), speech),
    ...(madeLocally === undefined ? {} : { madeLocally: word("madeLocally", madeLocally) }),
    ...(http === undefined
      ? {}
      : { http: `${http.code}: ${word("httpRelations", http.relation)}` }),
  };
}

/** Without anchors and escapes where these are all it has. */
function phraseOf(pattern: string): string {
  const bare = pattern.replace(/^\^/, "").replace(/\$$/, "");
  const unescaped = bare.replaceAll(/\\([.()?/"+*-])/g, "$1");
  return /\\|[[\]|*+]|\.\*/.test(unescaped) ? pattern : unescaped;
}
