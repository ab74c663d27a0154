import { z } from "zod";
import { codeLanguages } from "../../codes/index.ts";
import { problemSchema } from "./problem.ts";
import { routes, type Route } from "./routes.ts";

/** The OpenAPI document of the API, made of the rows that run and the schemas that their answers have. */
export function openApiDocument(): unknown {
  const registry = z.registry<{ id: string }>();
  const schemas = new Map<z.ZodType, string>();
  for (const schema of [problemSchema, ...routes.map(({ answer }) => answer)]) {
    const id = schema.meta()?.id ?? "";
    schemas.set(schema, id);
    registry.add(schema, { id });
  }
  const made = z.toJSONSchema(registry, {
    target: "draft-2020-12",
    io: "output",
    uri: (id) => `#/components/schemas/${id}`,
  });
  const components = Object.fromEntries(
    Object.entries(made.schemas).map(([id, schema]) => [
      id,
      { ...schema, $schema: undefined, $id: undefined },
    ]),
  );
  return {
    openapi: "3.1.0",
    info: {
      title: "Nexthop: SIP response codes",
      version: "1",
      description:
        "The reference of SIP response codes and of the causes that Nexthop names. Read only.",
    },
    paths: Object.fromEntries(
      routes.map((row) => [`/api${row.path}`, { get: operationOf(row, schemas) }]),
    ),
    components: { schemas: components },
  };
}

function operationOf(
  { summary, parameter, answer }: Route,
  schemas: ReadonlyMap<z.ZodType, string>,
): unknown {
  const content = (type: string, schema: z.ZodType): unknown => ({
    [type]: { schema: { $ref: `#/components/schemas/${schemas.get(schema) ?? ""}` } },
  });
  const problem = {
    description: "what was given, and what is accepted",
    content: content("application/problem+json", problemSchema),
  };
  return {
    summary,
    parameters: [
      ...(parameter === undefined
        ? []
        : [
            {
              name: parameter.name,
              in: parameter.in,
              required: true,
              schema: { type: "string" },
              example: parameter.example,
            },
          ]),
      {
        name: "lang",
        in: "query",
        description: "the language of the answer",
        schema: { type: "string", enum: codeLanguages, default: "en" },
      },
    ],
    responses: {
      "200": { description: "found", content: content("application/json", answer) },
      "400": problem,
      "404": problem,
    },
  };
}
