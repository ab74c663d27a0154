import { z } from "zod";
import { codeLanguages } from "../../codes/index.ts";

// What the API answers, said once: the types of the handlers and the OpenAPI document come from here, and a test holds
// every answer against it. Facts say more than is listed; `content/schema` has them field by field.

const number = z
  .int()
  .min(100)
  .max(799)
  .meta({ examples: [404] });
const language = z.enum(codeLanguages);
const listOf = <T extends z.ZodType>(item: T) => z.array(item).readonly();
const words = z.record(z.string(), z.string()).readonly();

const codeSummary = z.object({
  code: number,
  name: z.string(),
  registered: z.boolean(),
  class: z.string(),
  lead: z.string(),
});

export const codeList = z.object({ language, codes: listOf(codeSummary) }).meta({ id: "CodeList" });

const q850 = z.object({
  fromSip: z.record(z.string(), z.looseObject({ cause: z.int() })).readonly(),
  toSip: z.record(z.string(), z.looseObject({ causes: listOf(z.int()) })).readonly(),
});

const facts = z.looseObject({
  code: number,
  name: z.string(),
  registered: z.boolean(),
  class: z.string(),
  final: z.boolean(),
  spec: z.object({ rfc: z.string(), section: z.string() }).optional(),
  q850: q850.optional(),
  unchecked: listOf(z.string()).meta({
    description: "JSON pointers to facts whose source was not read",
  }),
});

const text = z.object({
  lead: z.string(),
  headings: words,
  meaning: z.string(),
  occasions: z.string(),
  checkColumns: listOf(z.string()),
  checks: listOf(listOf(z.string())),
  fixes: listOf(z.object({ reader: z.string(), text: z.string() })).optional(),
  isNot: z.string().optional(),
  questions: listOf(z.object({ question: z.string(), answer: z.string() })).optional(),
  instead: z.string().optional(),
});

export const codePage = z
  .object({
    language,
    code: number,
    name: z.string(),
    facts,
    text: text.meta({ description: "Markdown of one kind of paragraph; links as in code:480" }),
    said: z
      .looseObject({ class: z.string(), finality: z.string() })
      .meta({ description: "the facts in words" }),
    example: z.string().optional().meta({ description: "a response on the wire, CRLF and all" }),
  })
  .meta({ id: "Code" });

const ladder = z.object({
  parties: listOf(z.string()),
  steps: listOf(
    z.object({ from: z.int(), to: z.int(), text: z.string(), note: z.string().optional() }),
  ),
});

export const comparison = z
  .object({
    language,
    codes: z.tuple([number, number]).readonly(),
    names: z.tuple([z.string(), z.string()]).readonly(),
    title: z.string(),
    relation: z.string(),
    opening: listOf(z.string()),
    written: z.object({ language, text: z.string() }).optional(),
    ladder: ladder.optional(),
    ladderText: listOf(z.string()).optional(),
    differences: listOf(
      z.object({
        topic: z.string(),
        heading: z.string(),
        sides: z.tuple([z.string(), z.string()]).readonly(),
      }),
    ),
    shared: listOf(z.object({ topic: z.string(), text: z.string() })),
    fork: z.string().optional(),
    sending: listOf(z.string()),
    headings: words,
  })
  .meta({ id: "Comparison" });

export const found = z
  .object({
    language,
    query: z.string(),
    hits: listOf(
      z.object({
        code: number,
        name: z.string(),
        lead: z.string(),
        by: z.enum(["number", "name", "q850", "phrase", "text"]),
        matched: z.string(),
      }),
    ),
  })
  .meta({ id: "SearchResult" });

const causeSummary = z.object({
  id: z.string(),
  title: z.string(),
  statusCodes: listOf(z.int()),
  rfc: z.string(),
});

export const causeList = z
  .object({ language, causes: listOf(causeSummary) })
  .meta({ id: "CauseList" });

export const causePage = causeSummary
  .extend({
    language,
    evidence: listOf(z.string()),
    text: z.object({
      title: z.string(),
      says: z.string(),
      whatHappened: z.string(),
      whatTheServerDid: z.string(),
      howToSeeIt: z.string(),
      fixes: listOf(z.string()),
    }),
    facts: z.looseObject({ severity: z.enum(["info", "warning", "error"]) }),
  })
  .meta({ id: "Cause" });

const guideSummary = z.object({
  id: z.string(),
  title: z.string(),
  lead: z.string(),
  codes: listOf(z.int()),
});

export const guideList = z
  .object({ language, guides: listOf(guideSummary) })
  .meta({ id: "GuideList" });

const lines = listOf(z.string());
const block = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), text: z.string() }),
  z.object({ kind: z.literal("ladder"), lines }),
  z.object({ kind: z.literal("commands"), lines }),
]);

export const guidePage = z
  .object({
    language,
    id: z.string(),
    title: z.string(),
    lead: z.string(),
    headings: words,
    see: listOf(block),
    causes: listOf(
      z.object({ name: z.string(), text: z.string(), evidence: z.string(), fix: z.string() }),
    ),
    find: listOf(block),
    isNot: listOf(block),
    facts: z.looseObject({ codes: listOf(z.int()), compare: lines, causes: lines, guides: lines }),
  })
  .meta({ id: "Guide" });

export const glossary = z
  .object({
    language,
    title: z.string(),
    lead: z.string(),
    entries: listOf(
      z.object({
        id: z.string(),
        term: z.string(),
        text: z.string(),
        source: z.string().optional(),
        related: lines,
      }),
    ),
  })
  .meta({ id: "Glossary" });

const step = z.object({ kind: z.enum(["question", "verdict"]), id: z.string() });

export const whoSentIt = z
  .object({
    language,
    title: z.string(),
    lead: z.string(),
    start: z.string(),
    questions: listOf(
      z.object({
        id: z.string(),
        question: z.string(),
        how: z.string(),
        answers: listOf(z.object({ id: z.string(), text: z.string(), next: step })),
      }),
    ),
    verdicts: listOf(
      z.object({ id: z.string(), verdict: z.string(), because: z.string(), next: z.string() }),
    ),
  })
  .meta({ id: "WhoSentIt" });
