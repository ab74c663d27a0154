import { widthOf } from "../../base/text-width.ts";
import type { RegisteredFacts } from "../types.ts";
import type { Speech } from "./fill.ts";
import { canMeetInAFork, forkOutcome } from "./fork.ts";
import { needsOf } from "./opening.ts";
import { answers, commonMethods, type Relation } from "./relation.ts";

/** A few messages between named parties, in order. */
export interface Ladder {
  readonly parties: readonly string[];
  readonly steps: readonly LadderStep[];
}

/** One message; `note` is in the language of the comparison, and stands beside it. */
export interface LadderStep {
  /** Places in `parties`. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly note?: string;
}

const ALICE = 0;
const PROXY = 1;
const BOB = 2;
const BOB_2 = 3;

/** How both can occur in one call; undefined where they cannot, or only on requests that have nothing to do with each other. */
export function ladderOf(
  relation: Relation,
  a: RegisteredFacts,
  b: RegisteredFacts,
  speech: Speech,
): Ladder | undefined {
  switch (relation.kind) {
    case "bothProvisional":
      return bothProvisional(a, b, speech);
    case "provisionalFinal":
      return a.code === 199
        ? endedFinal(a, b)
        : a.code === 100
          ? tryingFinal(b, speech)
          : ringingFinal(a, b);
    case "alternativesThenSteps":
      return secondAttempt(relation.first, relation.second, speech);
    case "alternatives":
      return canMeetInAFork(a, b) ? inAFork(a, b, speech) : undefined;
    case "apart":
      return undefined;
  }
}

/** Lines of text; notes go to the right where `width` leaves room for them, else below. */
export function ladderLines(ladder: Ladder, width: number): readonly string[] {
  const { parties, steps } = ladder;
  const gap = parties.length === 2 ? 24 : parties.length === 3 ? 20 : 16;
  const at = (place: number): number => 2 + place * gap;
  const end = at(parties.length - 1);
  const lines = [
    parties.map((name, place) => name.padEnd(place === parties.length - 1 ? 0 : gap)).join(""),
  ];
  const rails = (): string[] => {
    const cells = Array.from({ length: end + 1 }, () => " ");
    for (let place = 0; place < parties.length; place += 1) cells[at(place)] = "│";
    return cells;
  };
  for (const { from, to, text, note } of steps) {
    const cells = rails();
    const left = at(Math.min(from, to));
    const right = at(Math.max(from, to));
    for (let column = left + 1; column < right; column += 1) cells[column] = "─";
    if (to > from) cells[right - 1] = "▶";
    else cells[left + 1] = "◀";
    const start = left + Math.max(2, Math.floor((right - left - text.length) / 2) - 1);
    for (const [index, character] of Array.from(` ${text} `).entries())
      cells[start + index] = character;
    const line = cells.join("");
    if (note === undefined) lines.push(line);
    else if (end + 3 + widthOf(note) <= width) lines.push(`${line}  ${note}`);
    else lines.push(line, `  │  ${note}`);
  }
  return lines;
}

function bothProvisional(a: RegisteredFacts, b: RegisteredFacts, { say }: Speech): Ladder {
  const steps: LadderStep[] = [{ from: ALICE, to: PROXY, text: "INVITE" }];
  if (a.code === 100) {
    steps.push({ from: PROXY, to: ALICE, text: "100", note: say("ladder", "gotIt") });
  }
  steps.push({ from: PROXY, to: BOB, text: "INVITE" });
  if (b.code === 199) {
    const early = a.code === 100 ? "183" : String(a.code);
    steps.push(...through(early), { from: BOB, to: PROXY, text: "4xx" }, ack(PROXY, BOB));
    steps.push({ from: PROXY, to: ALICE, text: "199" });
  } else {
    if (a.code !== 100) steps.push(...through(String(a.code)));
    steps.push(...through(String(b.code)));
  }
  return { parties: ["alice", "proxy", "bob"], steps };
}

/** 199 needs a fork: one branch dies early, another brings the end. */
function endedFinal(a: RegisteredFacts, b: RegisteredFacts): Ladder | undefined {
  if (!fromABranch(b)) return undefined;
  const dead = b.class === "clientError" || b.class === "serverError" ? "5xx" : "4xx";
  return {
    parties: ["alice", "proxy", "bob-1", "bob-2"],
    steps: [
      ...forked("INVITE"),
      ...through("183"),
      { from: BOB, to: PROXY, text: dead },
      { from: PROXY, to: ALICE, text: String(a.code) },
      { from: BOB_2, to: PROXY, text: String(b.code) },
      { from: PROXY, to: ALICE, text: String(b.code) },
      b.class === "success" ? ack(ALICE, BOB_2) : ack(ALICE, PROXY),
    ],
  };
}

function tryingFinal(b: RegisteredFacts, { say }: Speech): Ladder {
  const method = methodFor(b.methods);
  const start: readonly LadderStep[] = [
    { from: ALICE, to: PROXY, text: method },
    { from: PROXY, to: ALICE, text: "100", note: say("ladder", "gotIt") },
  ];
  const text = String(b.code);
  if (isServers(b)) {
    return {
      parties: ["alice", "proxy"],
      steps: [
        ...start,
        { from: PROXY, to: ALICE, text, note: say("ladder", "over") },
        ...(method === "INVITE" ? [ack(ALICE, PROXY)] : []),
      ],
    };
  }
  const far = method === "REGISTER" ? "registrar" : method === "INVITE" ? "bob" : "server";
  return {
    parties: ["alice", "proxy", far],
    steps: [...start, { from: PROXY, to: BOB, text: method }, ...ended(b, method)],
  };
}

function ringingFinal(a: RegisteredFacts, b: RegisteredFacts): Ladder | undefined {
  const ringing = through(String(a.code));
  const text = String(b.code);
  const parties = ["alice", "proxy", "bob"];
  const start: readonly LadderStep[] = [
    { from: ALICE, to: PROXY, text: "INVITE" },
    { from: PROXY, to: BOB, text: "INVITE" },
    ...ringing,
  ];
  if (b.decided === "cancel") {
    return {
      parties,
      steps: [
        ...start,
        { from: ALICE, to: PROXY, text: "CANCEL" },
        { from: PROXY, to: ALICE, text: "200 (CANCEL)" },
        { from: PROXY, to: BOB, text: "CANCEL" },
        { from: BOB, to: PROXY, text: "200 (CANCEL)" },
        ...ended(b, "INVITE"),
      ],
    };
  }
  if (b.decided === "outage") {
    return b.code === 430
      ? undefined
      : { parties, steps: [...start, { from: PROXY, to: ALICE, text }, ack(ALICE, PROXY)] };
  }
  if (b.decided === "arrival" || b.decided === "search") {
    return fromABranch(b) && b.class !== "serverError" ? ringingInAFork(a, b) : undefined;
  }
  return needsADialog(b) ? undefined : { parties, steps: [...start, ...ended(b, "INVITE")] };
}

function needsADialog({ code }: RegisteredFacts): boolean {
  return code === 481 || code === 491;
}

/** One branch makes progress and fails; the other's answer is the better one. */
function ringingInAFork(a: RegisteredFacts, b: RegisteredFacts): Ladder {
  const text = String(b.code);
  const tail: readonly LadderStep[] =
    b.class === "globalFailure"
      ? [
          { from: PROXY, to: BOB, text: "CANCEL" },
          { from: BOB, to: PROXY, text: "487" },
        ]
      : [{ from: BOB, to: PROXY, text: b.class === "redirection" ? "4xx" : "5xx" }];
  return {
    parties: ["alice", "proxy", "bob-1", "bob-2"],
    steps: [
      ...forked("INVITE"),
      ...through(String(a.code)),
      { from: BOB_2, to: PROXY, text },
      ...tail,
      { from: PROXY, to: ALICE, text },
      ack(ALICE, PROXY),
    ],
  };
}

function secondAttempt(first: RegisteredFacts, second: RegisteredFacts, speech: Speech): Ladder {
  const method = methodFor(commonMethods(first, second));
  const invite = method === "INVITE";
  const refused: readonly LadderStep[] = [
    { from: ALICE, to: PROXY, text: method },
    { from: PROXY, to: ALICE, text: String(first.code) },
    ...(invite ? [ack(ALICE, PROXY)] : []),
  ];
  const note =
    first.code === 491
      ? speech.say("ladder", "againLater")
      : speech.say("ladder", "again", { needs: needsOf(first, speech) });
  if (first.repeat.how === "elsewhere") {
    const isProxys = first.code === 305 || first.code === 503;
    return {
      parties: ["alice", isProxys ? "proxy-1" : "proxy", isProxys ? "proxy-2" : "bob"],
      steps: [
        ...refused,
        { from: ALICE, to: BOB, text: method, note },
        { from: BOB, to: ALICE, text: String(second.code) },
        ...(invite ? [ack(ALICE, BOB)] : []),
      ],
    };
  }
  const near = first.senders.includes("proxy")
    ? "proxy"
    : method === "REGISTER"
      ? "registrar"
      : first.code === 491
        ? "bob"
        : "server";
  const answer: readonly LadderStep[] = [
    { from: ALICE, to: PROXY, text: method, note },
    { from: PROXY, to: ALICE, text: String(second.code) },
    ...(invite ? [ack(ALICE, PROXY)] : []),
  ];
  if (near !== "proxy" || isServers(second) || !invite) {
    return { parties: ["alice", near], steps: [...refused, ...answer] };
  }
  return {
    parties: ["alice", "proxy", "bob"],
    steps: [
      ...refused,
      { from: ALICE, to: PROXY, text: method, note },
      { from: PROXY, to: BOB, text: method },
      ...ended(second, method),
    ],
  };
}

function inAFork(a: RegisteredFacts, b: RegisteredFacts, { say }: Speech): Ladder {
  const method = methodFor(commonMethods(a, b));
  const { winner } = forkOutcome(a, b);
  // Drawn in the order that shows the rule: the loser comes first, and loses all the same.
  const [early, late] = winner === a.code ? [b, a] : [a, b];
  const chosen = winner === undefined ? `${a.code} / ${b.code}` : String(winner);
  return {
    parties: ["alice", "proxy", "bob-1", "bob-2"],
    steps: [
      ...forked(method),
      { from: BOB, to: PROXY, text: String(early.code) },
      { from: BOB_2, to: PROXY, text: String(late.code) },
      { from: PROXY, to: ALICE, text: chosen, note: say("ladder", "chosen", { code: chosen }) },
    ],
  };
}

function forked(method: string): readonly LadderStep[] {
  return [
    { from: ALICE, to: PROXY, text: method },
    { from: PROXY, to: BOB, text: method },
    { from: PROXY, to: BOB_2, text: method },
  ];
}

/** A response on its way from the far end through the proxy. */
function through(text: string): readonly LadderStep[] {
  return [
    { from: BOB, to: PROXY, text },
    { from: PROXY, to: ALICE, text },
  ];
}

/** The end of a request as the far end says it, with its ACKs (RFC 3261 §17.1.1.3, §13.2.2.4). */
function ended(final: RegisteredFacts, method: string): readonly LadderStep[] {
  const text = String(final.code);
  if (method !== "INVITE") return through(text);
  if (final.class === "success") return [...through(text), ack(ALICE, BOB)];
  return [
    { from: BOB, to: PROXY, text },
    ack(PROXY, BOB),
    { from: PROXY, to: ALICE, text },
    ack(ALICE, PROXY),
  ];
}

function ack(from: number, to: number): LadderStep {
  return { from, to, text: "ACK" };
}

/** Whether the first server on the way may well have said it, and no far end is needed to draw it. */
function isServers({ senders, scope, decided }: RegisteredFacts): boolean {
  if (decided === "device" || decided === "user" || decided === "cancel") return false;
  return scope !== "endToEnd" && senders.includes("proxy");
}

function fromABranch(facts: RegisteredFacts): boolean {
  return canMeetInAFork(facts, facts) && answers(facts, "INVITE");
}

function methodFor(methods: readonly string[]): string {
  if (methods.includes("any") || methods.includes("INVITE")) return "INVITE";
  return methods[0] ?? "INVITE";
}
