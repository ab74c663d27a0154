import { Hono, type Context } from "hono";
import { codeLanguages, languageOf, type CodeLanguage } from "../../codes/index.ts";
import type { Edition } from "../edition.ts";
import { openApiDocument } from "./openapi.ts";
import { problemResponse } from "./problem.ts";
import { Refusal, routes } from "./routes.ts";

const LANGUAGE_MAX_CHARS = 35; // the longest tag worth reading (RFC 5646 §4.4.1)

/** The JSON API, below `/api`. */
export function apiApp(editionOf: (language: CodeLanguage) => Promise<Edition>): Hono {
  const app = new Hono();
  let document: string | undefined;
  app.get("/openapi.json", (context) =>
    context.body((document ??= JSON.stringify(openApiDocument())), 200, JSON_TYPE),
  );
  for (const { path, parameter, handle } of routes) {
    app.get(path.replace(/\{(\w+)\}/, ":$1"), async (context) => {
      const tag = context.req.query("lang") ?? "en";
      const language = tag.length > LANGUAGE_MAX_CHARS ? undefined : languageOf(tag);
      if (language === undefined) return badLanguage(context, tag);
      const answer = await handle(await editionOf(language), {
        name: parameter?.in === "path" ? (context.req.param(parameter.name) ?? "") : "",
        query: context.req.query("q") ?? "",
      });
      return answer instanceof Refusal
        ? problemResponse(context, answer.problem)
        : context.body(JSON.stringify(answer), 200, JSON_TYPE);
    });
  }
  // Not `notFound`: of an application within another, Hono does not ask it.
  app.get("*", (context) =>
    problemResponse(context, {
      status: 404,
      detail: "There is nothing at this path.",
      given: new URL(context.req.url).pathname,
      accepted: `${routes.map(({ path }) => `/api${path}`).join(", ")}; /api/openapi.json describes them`,
    }),
  );
  return app;
}

const JSON_TYPE = { "content-type": "application/json; charset=utf-8" } as const;

function badLanguage(context: Context, given: string): Response {
  return problemResponse(context, {
    status: 400,
    detail: "The query parameter lang names a language of the reference.",
    given,
    accepted: codeLanguages.join(", "),
  });
}
