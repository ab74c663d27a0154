import type { RegisteredFacts } from "../types.ts";
import type { Speech } from "./fill.ts";

/** One thing to compare by: what to say of each, or of both when they are alike. */
export interface Topic {
  readonly topic: string;
  /** Never the same text twice: then it is in `shared`. */
  readonly sides?: readonly [string, string];
  readonly shared?: string;
}

interface Row {
  readonly topic: string;
  readonly cell: (facts: RegisteredFacts) => string;
  /** A sentence for two that have the same cell; undefined: it is not worth a word. */
  readonly shared: (facts: RegisteredFacts, cell: string) => string | undefined;
}

/** Compares two codes topic by topic. The lead of each page, which is its own, comes first. */
export function topicsOf(
  a: RegisteredFacts,
  b: RegisteredFacts,
  leads: readonly [string, string],
  speech: Speech,
): readonly Topic[] {
  const found: Topic[] = [{ topic: "tells", sides: leads }];
  for (const { topic, cell, shared } of rowsOf(speech)) {
    const sides = [cell(a), cell(b)] as const;
    if (sides[0] !== sides[1]) found.push({ topic, sides });
    else {
      const text = shared(a, sides[0]);
      if (text !== undefined) found.push({ topic, shared: text });
    }
  }
  return found;
}

function rowsOf(speech: Speech): readonly Row[] {
  const { say, word, list, clauses } = speech;
  const codes = (numbers: readonly number[]): string =>
    numbers.length === 0 ? say("cells", "nobody") : list(numbers.toSorted(ascending).map(String));
  return [
    {
      topic: "class",
      cell: (facts) =>
        say("cells", "class", {
          hundreds: Math.floor(facts.code / 100),
          name: word("classes", facts.class),
        }),
      shared: (facts) =>
        say("shared", "class", {
          hundreds: Math.floor(facts.code / 100),
          name: word("classes", facts.class),
        }),
    },
    {
      topic: "finality",
      cell: ({ final }) => say("cells", final ? "final" : "provisional"),
      shared: ({ final }) => say("shared", final ? "final" : "provisional"),
    },
    {
      topic: "says",
      cell: ({ senders }) => list(senders.map((each) => word("senders", each))),
      shared: (_, cell) => say("shared", "says", { list: cell }),
    },
    {
      topic: "travels",
      cell: ({ scope }) => word("scope", scope),
      shared: ({ scope }) => say("shared", scope),
    },
    {
      topic: "answers",
      cell: ({ methods }) =>
        methods.includes("any") ? word("methods", "any") : list(methods.toSorted()),
      shared: ({ methods }, cell) =>
        methods.includes("any")
          ? say("shared", "answersAny")
          : say("shared", "answers", { list: cell }),
    },
    {
      topic: "carries",
      cell: (facts) => headersOf(facts, speech),
      shared: ({ headers }, cell) =>
        headers.required.length + headers.usual.length === 0
          ? say("shared", "carriesNone")
          : say("shared", "carries", { list: cell }),
    },
    {
      topic: "tag",
      cell: ({ toTag, ack }) => clauses([word("toTag", toTag), word("ack", ack)]),
      shared: ({ toTag, ack }) =>
        say("shared", "tag", { tag: capital(word("toTag", toTag)), ack: word("ack", ack) }),
    },
    {
      topic: "fork",
      cell: ({ forking }) => word("forking", forking),
      shared: (_, cell) => say("shared", "fork", { text: cell }),
    },
    {
      topic: "dialog",
      cell: (facts) => dialogOf(facts, speech),
      shared: ({ dialog, final, class: of }) =>
        of === "provisional" || of === "success"
          ? dialog.failureEnds === "earlyDialog"
            ? say("shared", "endsEarlyDialog")
            : say("shared", `creates${capital(dialog.creates)}`)
          : final
            ? say("shared", `ends${capital(dialog.failureEnds)}`)
            : undefined,
    },
    {
      topic: "next",
      cell: (facts) => nextStep(facts, speech),
      shared: (facts, cell) =>
        nextKey(facts) === undefined
          ? say("shared", "repeat", { text: cell })
          : say("shared", "next", { text: cell }),
    },
    {
      topic: "local",
      cell: ({ madeLocally }) =>
        madeLocally === undefined ? say("cells", "neverLocal") : word("madeLocally", madeLocally),
      shared: ({ madeLocally }) =>
        madeLocally === undefined ? undefined : say("shared", madeLocally),
    },
    {
      topic: "q850",
      cell: ({ q850 }) => String(q850?.fromSip["RFC 3398"]?.cause ?? say("cells", "noQ850")),
      shared: ({ q850 }, cell) =>
        q850?.fromSip["RFC 3398"] === undefined
          ? undefined
          : say("shared", "q850", { cause: cell }),
    },
    {
      topic: "nexthop",
      cell: ({ causes, code }) =>
        code < 300
          ? say("cells", "noCauseNeeded")
          : causes.length === 0
            ? say("cells", "noCause")
            : list(causes),
      shared: ({ causes, code }, cell) =>
        code < 300
          ? undefined
          : causes.length === 0
            ? say("shared", "nexthopNone")
            : say("shared", "nexthop", { list: cell }),
    },
    {
      topic: "confused",
      cell: ({ confusedWith }) => codes(confusedWith),
      shared: ({ confusedWith }, cell) =>
        confusedWith.length === 0 ? undefined : say("shared", "confused", { list: cell }),
    },
  ];
}

/** The header fields that belong to a code: required, one of several, for one method, usual. */
export function headersOf({ headers }: RegisteredFacts, { say, list, clauses }: Speech): string {
  const parts: string[] = [];
  if (headers.required.length > 0) {
    parts.push(say("cells", "required", { list: list(headers.required) }));
  }
  if (headers.requiredOneOf !== undefined) {
    parts.push(say("cells", "requiredOneOf", { list: list(headers.requiredOneOf) }));
  }
  for (const [method, names] of Object.entries(headers.requiredFor ?? {})) {
    parts.push(say("cells", "requiredFor", { method, list: list(names) }));
  }
  if (headers.usual.length > 0) parts.push(say("cells", "usual", { list: list(headers.usual) }));
  return parts.length === 0 ? say("cells", "noHeaders") : clauses(parts);
}

function dialogOf({ dialog, class: of }: RegisteredFacts, { word }: Speech): string {
  const opens = of === "provisional" || of === "success";
  return opens && dialog.failureEnds === "none"
    ? word("creates", dialog.creates)
    : word("failureEnds", dialog.failureEnds);
}

/** What the client does on seeing it; the words of a failure are those of its repetition. */
function nextStep(facts: RegisteredFacts, speech: Speech): string {
  const { say, word } = speech;
  const key = nextKey(facts);
  if (key !== undefined) return say("next", key);
  const how = word("repeat", facts.repeat.how);
  const { callIdOwner, other } = facts.repeat.waitSeconds ?? {};
  if (callIdOwner !== undefined && other !== undefined) {
    const range = ([from = 0, to = 0]: readonly number[]): string =>
      say("cells", "range", { from, to });
    return say("cells", "repeatAfter", {
      how,
      callIdOwner: range(callIdOwner),
      other: range(other),
    });
  }
  return howWithNeeds(facts, how, speech);
}

/** How a request may be repeated, and what that takes; that elsewhere is another server goes without saying. */
export function howWithNeeds(facts: RegisteredFacts, how: string, speech: Speech): string {
  const { repeat } = facts;
  const needs = (repeat.needs ?? []).filter(
    (need) => repeat.how !== "elsewhere" || need !== "otherServer",
  );
  if (needs.length === 0) return how;
  const words = speech.list(needs.map((need) => speech.word("needs", need)));
  return speech.say("cells", "withNeeds", { how, needs: words });
}

function nextKey({ code, class: of }: RegisteredFacts): string | undefined {
  if (code === 100) return "stopRetransmitting";
  if (code === 199) return "dropEarlyDialog";
  if (of === "provisional") return "wait";
  if (code === 202) return "awaitNotify";
  if (code === 204) return "keepSubscription";
  if (of === "success") return "carryOn";
  return code === 487 ? "close" : undefined;
}

function ascending(a: number, b: number): number {
  return a - b;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
