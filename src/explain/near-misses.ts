import { domainOf, parseAor, userOf, type Aor } from "../message/index.ts";
import { eventsOf, type TraceRecord } from "../trace/index.ts";
import { otherNumberForms } from "./number-forms.ts";
import type { NearMiss } from "./types.ts";

/** One thing to ask the directory (and, where somebody is there, the location store). */
export interface NearMissQuestion {
  readonly aor: Aor;
  readonly how: NearMiss["how"];
}

/** What was found under one of the questions; ask and leave out those that nobody is under. */
export interface NearMissAnswer {
  readonly question: NearMissQuestion;
  readonly entry:
    | { readonly kind: "subscriber" }
    | { readonly kind: "alias"; readonly target: string };
  /** Live bindings; undefined where the store did not say. */
  readonly devices: number | undefined;
  /** The end of the latest binding that lapsed. */
  readonly lapsedAtMs: number | undefined;
}

/** No more are asked: one edit away of a name of thirty letters, and all the rest. */
export const NEAR_MISS_QUESTION_LIMIT = 3000;
const NEAR_MISS_LIMIT = 8;
const USER_LENGTH_LIMIT = 32;
const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789._+-";

/**
 * Whom the sender may have meant, as questions for the driver: likeliest first, none twice, each a point look-up.
 * Empty for a case where nobody was missed. Only for when somebody asks; never on a call's way.
 */
export function nearMissQuestions(
  record: TraceRecord,
  { domains }: { readonly domains: readonly string[] },
): NearMissQuestion[] {
  const missed = missedIn(record);
  if (missed === undefined) return [];
  const { user, domain, isServed } = missed;
  const found = new Map<string, NearMissQuestion>();
  const ask = (text: string, at: string, how: NearMiss["how"]): void => {
    const aor = found.size < NEAR_MISS_QUESTION_LIMIT ? parseAor(`${text}@${at}`) : undefined;
    const isItself = text === user && at === domain && how !== "lapsed";
    if (aor !== undefined && !isItself && !found.has(aor)) found.set(aor, { aor, how });
  };
  const homes = isServed ? [domain] : domains;
  if (isServed && record.causeId !== "user-unknown") ask(user, domain, "lapsed");
  for (const other of domains) if (other !== domain) ask(user, other, "other-domain");
  for (const home of homes) {
    for (const form of otherNumberForms(user, record.from)) ask(form, home, "number");
    for (const form of otherLetterCase(user)) ask(form, home, "letter-case");
  }
  if (record.causeId !== "user-not-registered" && record.causeId !== "bindings-expired") {
    for (const home of homes) for (const near of oneEditAway(user)) ask(near, home, "one-away");
  }
  return [...found.values()];
}

interface Missed {
  readonly user: string;
  readonly domain: string;
  readonly isServed: boolean;
}

/** Who was looked for and not found; the refusal's own evidence says it best. */
function missedIn(record: TraceRecord): Missed | undefined {
  const evidence = refusalEvidence(record);
  switch (record.causeId) {
    case "user-unknown":
    case "user-not-registered":
    case "bindings-expired":
      return missedAt(evidence["aor"] ?? record.to, true);
    case "domain-not-served":
      return missedAt(evidence["requestUri"] ?? record.requestUri, false);
    case "account-unknown": {
      const { username = "", realm = "" } = evidence;
      return missedAt(username.includes("@") ? username : `${username}@${realm}`, true);
    }
    default:
      return undefined;
  }
}

function missedAt(text: string, isServed: boolean): Missed | undefined {
  const aor = parseAor(text);
  if (aor === undefined || userOf(aor) === "") return undefined;
  return { user: userOf(aor), domain: domainOf(aor), isServed };
}

function refusalEvidence(record: TraceRecord): Readonly<Record<string, string>> {
  const refused = eventsOf(record.startedAtMs, record.values).find(
    ({ kind }) => kind === "refused",
  );
  if (refused?.kind !== "refused") return {};
  try {
    return JSON.parse(refused.evidence) as Record<string, string>;
  } catch {
    // Cut by the limit on one value.
    return {};
  }
}

function otherLetterCase(user: string): string[] {
  const lower = user.toLowerCase();
  return [lower, user.toUpperCase(), `${lower.slice(0, 1).toUpperCase()}${lower.slice(1)}`];
}

/** Two letters swapped, one left out, one changed, one added: about 700 for a name of eight letters. */
function* oneEditAway(user: string): Iterable<string> {
  // An escape is three characters for one; names with them are not guessed at.
  if (user.length > USER_LENGTH_LIMIT || user.includes("%")) return;
  for (let at = 0; at + 1 < user.length; at += 1) {
    yield `${user.slice(0, at)}${user[at + 1]}${user[at]}${user.slice(at + 2)}`;
  }
  for (let at = 0; at < user.length; at += 1) {
    if (user.length > 1) yield user.slice(0, at) + user.slice(at + 1);
  }
  for (let at = 0; at < user.length; at += 1) {
    for (const letter of LETTERS) yield user.slice(0, at) + letter + user.slice(at + 1);
  }
  for (let at = 0; at <= user.length; at += 1) {
    for (const letter of LETTERS) yield user.slice(0, at) + letter + user.slice(at);
  }
}

/** How likely each kind is to be what was meant, before counting devices. */
const likelihood: Record<NearMiss["how"], number> = {
  lapsed: 5,
  number: 4,
  "letter-case": 3,
  "other-domain": 2,
  "one-away": 1,
};

/** The answers as near misses: those with devices first, then by how they differ, then in the order asked. */
export function nearMissesFrom(answers: readonly NearMissAnswer[]): NearMiss[] {
  return answers
    .filter(({ question, lapsedAtMs }) => question.how !== "lapsed" || lapsedAtMs !== undefined)
    .map(({ question, entry, devices, lapsedAtMs }) => ({
      aor: question.aor,
      how: question.how,
      devices,
      aliasOf: entry.kind === "alias" ? entry.target : undefined,
      endedAtMs: question.how === "lapsed" ? lapsedAtMs : undefined,
    }))
    .toSorted((a, b) => rankOf(b) - rankOf(a))
    .slice(0, NEAR_MISS_LIMIT);
}

function rankOf({ how, devices, aliasOf }: NearMiss): number {
  const isReachable = (devices ?? 0) > 0 || aliasOf !== undefined || how === "lapsed";
  return likelihood[how] + (isReachable ? 10 : 0);
}
