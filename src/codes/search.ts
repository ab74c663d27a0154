import type { CodeFacts, CodeText, CodeWords } from "./types.ts";

/** One code that a search found, and by what. */
export interface SearchHit {
  readonly code: number;
  readonly name: string;
  readonly lead: string;
  readonly by: "number" | "name" | "q850" | "phrase" | "text";
  /** What matched: a former name, the mapping and its cause, the software whose phrase it is; empty for the text. */
  readonly matched: string;
}

/** What a search reads: the facts, the pages and the words of vendor phrases. */
export interface Searched {
  readonly facts: readonly CodeFacts[];
  readonly texts: Readonly<Record<string, CodeText>>;
  readonly words: CodeWords;
}

const MAX_HITS = 20;
/** `404`, `4xx`, `48x`. */
const NUMBER = /^[1-7][0-9x]{2}$/i;
const BY_RANK = ["number", "name", "phrase", "q850", "text"] as const;

/** Finds codes by number, name, vendor phrase, Q.850 cause and the words of their pages; best first, 20 at most (all of a class). */
export function searchCodes(text: string, { facts, texts, words }: Searched): readonly SearchHit[] {
  const asked = text.trim();
  if (asked === "") return [];
  const cause = causeIn(asked);
  const terms = asked
    .toLowerCase()
    .split(/[\s,;:"'()]+/u)
    .filter(Boolean);
  const scored: { readonly score: number; readonly hit: SearchHit }[] = [];
  for (const each of facts) {
    const page = texts[each.code];
    if (page === undefined) continue;
    // A number that no code has is no word either: "6xx" means a class and nothing else.
    const found = NUMBER.test(asked)
      ? byNumber(each, asked)
      : (byName(each, asked, terms) ??
        byPhrase(each, asked, words) ??
        (cause === undefined ? byText(each, page, terms) : byCause(each, cause)));
    if (found === undefined) continue;
    const { by, matched, weight } = found;
    const hit = { code: each.code, name: each.name, lead: page.lead, by, matched };
    const isSeen = each.registered ? 0 : 0.5;
    scored.push({ score: BY_RANK.indexOf(by) * 100 - weight + isSeen, hit });
  }
  return scored
    .toSorted((one, other) => one.score - other.score || one.hit.code - other.hit.code)
    .slice(0, NUMBER.test(asked) ? scored.length : MAX_HITS)
    .map(({ hit }) => hit);
}

interface Found {
  readonly by: SearchHit["by"];
  readonly matched: string;
  /** Below 100; more is better. */
  readonly weight: number;
}

function byNumber({ code }: CodeFacts, asked: string): Found | undefined {
  const digits = String(code);
  const fits = Array.from(asked.toLowerCase()).every(
    (digit, at) => digit === "x" || digit === digits[at],
  );
  if (!fits) return undefined;
  return { by: "number", matched: asked, weight: 0 };
}

function byName(facts: CodeFacts, asked: string, terms: readonly string[]): Found | undefined {
  const former = facts.registered
    ? [...(facts.formerNames ?? []).map(({ name }) => name), ...(facts.wrongNames ?? [])]
    : [];
  for (const [index, name] of [facts.name, ...former].entries()) {
    const plain = name.toLowerCase();
    const weight = index === 0 ? 1 : 0;
    if (plain === asked.toLowerCase()) return { by: "name", matched: name, weight: 98 + weight };
    if (terms.every((term) => plain.includes(term))) {
      return { by: "name", matched: name, weight: 50 - Math.min(name.length, 40) + weight };
    }
  }
  return undefined;
}

/** The reason phrase as it was on the wire; patterns are case-sensitive there, people are not. */
function byPhrase(facts: CodeFacts, asked: string, words: CodeWords): Found | undefined {
  for (const { id, pattern, software, sure } of facts.vendorPhrases ?? []) {
    if (!new RegExp(pattern, "iu").test(asked)) continue;
    const matched = `${software}: ${words["phrases"]?.[id] ?? ""}`;
    return { by: "phrase", matched, weight: sure === "high" ? 2 : 1 };
  }
  return undefined;
}

/** `cause 16`, `Q.850;cause=16`, or a number too small for a code. */
function causeIn(asked: string): number | undefined {
  const match = /^(?:q\.?850\b[\s;:,]*)?(?:causes?\b[\s=:]*)?(\d{1,3})$/iu.exec(asked);
  const cause = Number(match?.[1] ?? 0);
  return cause >= 1 && cause <= 127 && (cause < 100 || !/^\d+$/.test(asked)) ? cause : undefined;
}

function byCause({ q850 }: CodeFacts, cause: number): Found | undefined {
  const ways: string[] = [];
  for (const [mapping, { causes }] of Object.entries(q850?.toSip ?? {})) {
    if (causes.includes(cause)) ways.push(`Q.850 ${cause} → SIP (${mapping})`);
  }
  const weight = ways.length * 2;
  for (const [mapping, to] of Object.entries(q850?.fromSip ?? {})) {
    // A cause that a mapping gives to every code it does not know says nothing about this one.
    if (to.cause === cause && !("byDefault" in to)) ways.push(`SIP → Q.850 ${cause} (${mapping})`);
  }
  return ways.length === 0
    ? undefined
    : { by: "q850", matched: ways.join(", "), weight: weight + ways.length };
}

/** All words must stand on the page; those in the lead and the first sections weigh more. */
function byText({ code }: CodeFacts, page: CodeText, terms: readonly string[]): Found | undefined {
  const telling = tellingTerms(terms);
  const head = `${code} ${page.lead} ${page.meaning}`.toLowerCase();
  const rest = [
    page.occasions,
    ...page.checks.flat(),
    ...(page.fixes ?? []).map(({ text }) => text),
    page.isNot ?? "",
    ...(page.questions ?? []).flatMap(({ question, answer }) => [question, answer]),
    page.instead ?? "",
  ]
    .join(" ")
    .toLowerCase();
  let weight = 0;
  for (const term of telling) {
    if (holds(page.lead.toLowerCase(), term)) weight += 9;
    else if (holds(head, term)) weight += 6;
    else if (holds(rest, term)) weight += 1;
    else return undefined;
  }
  return { by: "text", matched: "", weight: Math.min(weight, 99) };
}

/** Without the little words ("not", "is", "de"), unless there are no others. */
function tellingTerms(terms: readonly string[]): readonly string[] {
  const longer = terms.filter((term) => term.length > 3 || !/^[a-z]+$/.test(term));
  return longer.length === 0 ? terms : longer;
}

/** Latin words count from their beginning; Chinese and Japanese have no such borders. */
function holds(text: string, term: string): boolean {
  for (let at = text.indexOf(term); at !== -1; at = text.indexOf(term, at + 1)) {
    if (!/^[a-z]/.test(term) || at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? "")) return true;
  }
  return false;
}
