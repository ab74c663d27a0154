import type { z } from "zod";
import { causes as causeTable, type CauseId } from "../../causes/index.ts";
import { ladderText } from "../../codes/index.ts";
import type { Edition } from "../edition.ts";
import { has, languagesOf, type Section } from "../links.ts";
import { causeIds } from "../pages/causes.ts";
import { QUERY_MAX_CHARS } from "../pages/search.ts";
import type { Problem } from "./problem.ts";
import {
  causeList,
  causePage,
  codeList,
  codePage,
  comparison,
  found,
  glossary,
  guideList,
  guidePage,
  whoSentIt,
} from "./schemas.ts";

/** What a handler is given: the words in the place of the `{names}` of its path, and the query. */
export interface Asked {
  readonly name: string;
  readonly query: string;
}

/** One path of the API: a row runs, is documented, and is tested. */
export interface Route {
  /** With its parameter in braces, as OpenAPI writes it. */
  readonly path: string;
  readonly summary: string;
  readonly parameter?: {
    readonly name: string;
    readonly example: string;
    readonly in: "path" | "query";
  };
  readonly answer: z.ZodType;
  readonly handle: (edition: Edition, asked: Asked) => unknown;
}

/** The answer, held against its schema by the compiler; or what is wrong with the question. */
function route<Answer extends z.ZodType>(
  row: Omit<Route, "answer" | "handle"> & {
    readonly answer: Answer;
    readonly handle: (
      edition: Edition,
      asked: Asked,
    ) => z.input<Answer> | Refusal | Promise<z.input<Answer> | Refusal>;
  },
): Route {
  return row;
}

/** Tells a problem from an answer. */
export class Refusal {
  readonly problem: Problem;

  constructor(problem: Problem) {
    this.problem = problem;
  }
}

/** Every path of the API below `/api`. */
export const routes: readonly Route[] = [
  route({
    path: "/codes",
    summary: "All response codes, registered or not",
    answer: codeList,
    handle: ({ reference, language }) => ({
      language,
      codes: reference.numbers
        .flatMap((each) => reference.code(each) ?? [])
        .map(({ code, name, facts, text }) => ({
          code,
          name,
          registered: facts.registered,
          class: facts.class,
          lead: text.lead,
        })),
    }),
  }),
  route({
    path: "/codes/{code}",
    summary: "One code: facts, text, example",
    parameter: { name: "code", example: "404", in: "path" },
    answer: codePage,
    handle: ({ reference }, { name }) => {
      const code = /^\d{3}$/.test(name) ? reference.code(Number(name)) : undefined;
      if (code !== undefined) {
        return { ...code, facts: { ...code.facts }, said: { ...code.said } };
      }
      const near = /^\d{3}$/.test(name) ? reference.near(Number(name)) : [];
      const which =
        near.length === 0 ? "a response code such as 404" : `near it: ${near.join(", ")}`;
      return unknown("No such code.", name, `${which}; /api/codes lists all`);
    },
  }),
  route({
    path: "/compare/{pair}",
    summary: "Two registered codes compared; the order does not matter",
    parameter: { name: "pair", example: "404-480", in: "path" },
    answer: comparison,
    handle: async (edition, { name }) => {
      const [, a, b] = /^(\d{3})-(\d{3})$/.exec(name) ?? [];
      const compared = edition.reference.compare(Number(a), Number(b));
      const accepted = "two different registered codes, as 404-480";
      if (compared === undefined) return unknown("No such pair.", name, accepted);
      if (!has(edition, "compare")) return notInLanguage(edition, "compare");
      const drawn = compared.ladder === undefined ? undefined : await ladderText(compared.ladder);
      return { ...compared, ladderText: drawn };
    },
  }),
  route({
    path: "/search",
    summary: "Codes by number, name, vendor phrase, Q.850 cause or words; best first",
    parameter: { name: "q", example: "cause 17", in: "query" },
    answer: found,
    handle: ({ reference, language }, { query }) => {
      if (query.trim() !== "" && query.length <= QUERY_MAX_CHARS) {
        return { language, query, hits: reference.search(query) };
      }
      return new Refusal({
        status: 400,
        detail: "The query parameter q says what to search for.",
        given: query,
        accepted: `q of 1 to ${QUERY_MAX_CHARS} characters, as in ?q=cause+17`,
      });
    },
  }),
  route({
    path: "/causes",
    summary: "All causes that the server can name",
    answer: causeList,
    handle: (edition) =>
      edition.causes === undefined
        ? notInLanguage(edition, "causes")
        : {
            language: edition.language,
            causes: causeIds(edition).map((id) => summaryOf(id, edition)),
          },
  }),
  route({
    path: "/causes/{id}",
    summary: "One cause: what happened, what the server did, how to see and to fix it",
    parameter: { name: "id", example: "user-unknown", in: "path" },
    answer: causePage,
    handle: (edition, { name }) => {
      const { causes, language } = edition;
      if (causes === undefined) return notInLanguage(edition, "causes");
      const id = causeIds(edition).find((each) => each === name);
      const text = causes.texts[name];
      const facts = causes.facts[name];
      if (id === undefined || text === undefined || facts === undefined) {
        return unknown("No such cause.", name, "an id such as user-unknown; /api/causes lists all");
      }
      const { evidence } = causeTable[id];
      return { language, ...summaryOf(id, edition), evidence, text, facts: { ...facts } };
    },
  }),
  route({
    path: "/guides",
    summary: "The guides by symptom",
    answer: guideList,
    handle: (edition) =>
      has(edition, "guides")
        ? {
            language: edition.language,
            guides: edition.guides.map(({ id, title, lead, facts }) => ({
              id,
              title,
              lead,
              codes: facts.codes,
            })),
          }
        : notInLanguage(edition, "guides"),
  }),
  route({
    path: "/guides/{id}",
    summary: "One guide: what you see, its causes and the evidence, how to find out, how to fix it",
    parameter: { name: "id", example: "stuck-on-100", in: "path" },
    answer: guidePage,
    handle: (edition, { name }) => {
      if (!has(edition, "guides")) return notInLanguage(edition, "guides");
      const guide = edition.guides.find(({ id }) => id === name);
      return guide === undefined
        ? unknown("No such guide.", name, "an id such as stuck-on-100; /api/guides lists all")
        : { ...guide, facts: { ...guide.facts } };
    },
  }),
  route({
    path: "/glossary",
    summary: "The glossary: each term with the clause that defines it",
    answer: glossary,
    handle: (edition) => edition.glossary ?? notInLanguage(edition, "glossary"),
  }),
  route({
    path: "/who-sent-it",
    summary: "The decision tree from a response to whoever made it",
    answer: whoSentIt,
    handle: (edition) => edition.whoSentIt ?? notInLanguage(edition, "who-sent-it"),
  }),
];

function summaryOf(id: CauseId, { causes }: Edition) {
  const { statusCodes, rfc } = causeTable[id];
  return { id, title: causes?.texts[id]?.title ?? "", statusCodes, rfc };
}

function unknown(detail: string, given: string, accepted: string): Refusal {
  return new Refusal({ status: 404, detail, given, accepted });
}

function notInLanguage(edition: Edition, section: Section): Refusal {
  return new Refusal({
    status: 404,
    detail: "This part is not there in that language yet.",
    given: edition.language,
    accepted: `lang of ${languagesOf(edition, section).join(", ")}`,
  });
}
