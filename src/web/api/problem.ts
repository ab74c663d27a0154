import type { Context } from "hono";
import { z } from "zod";

/** An error of the API as problem details (RFC 9457): what was given, and what is accepted. */
export const problemSchema = z
  .object({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    given: z.string().meta({ description: "what was asked for" }),
    accepted: z.string().meta({ description: "what would have been right" }),
  })
  .meta({ id: "Problem" });

const titles = {
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  500: "Internal Server Error",
} as const;
const GIVEN_MAX_CHARS = 100;

/** What a handler gives back instead of an answer. */
export interface Problem {
  readonly status: keyof typeof titles;
  readonly detail: string;
  readonly given: string;
  readonly accepted: string;
}

/** The problem as a response. */
export function problemResponse(
  context: Context,
  { status, detail, given, accepted }: Problem,
): Response {
  const body: z.infer<typeof problemSchema> = {
    type: "about:blank",
    title: titles[status],
    status,
    detail,
    given: given.slice(0, GIVEN_MAX_CHARS),
    accepted,
  };
  return context.body(JSON.stringify(body), status, {
    "content-type": "application/problem+json; charset=utf-8",
  });
}
