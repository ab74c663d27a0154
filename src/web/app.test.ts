import assert from "node:assert/strict";
import { test } from "node:test";
import type { z } from "zod";
import { codeLanguages, completeLanguages } from "../codes/index.ts";
import { problemSchema } from "./api/problem.ts";
import { routes } from "./api/routes.ts";
import { createWebApp } from "./app.ts";

const faults: unknown[] = [];
const app = createWebApp({ fault: (where, error) => faults.push(where, error) });
const complete = await completeLanguages();

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return app.request(`http://reference.test${path}`, init);
}

async function goesTo(
  path: string,
  headers: Record<string, string> = {},
): Promise<[number, string | null]> {
  const answer = await ask(path, { headers });
  return [answer.status, answer.headers.get("location")];
}

test("the first page is in the language that the reader likes best, and says that this depends", async () => {
  assert.deepEqual(await goesTo("/", { "accept-language": "de-AT, en;q=0.5" }), [302, "/de/"]);
  assert.deepEqual(await goesTo("/"), [302, "/en/"]);
  assert.equal((await ask("/")).headers.get("vary"), "accept-language");
});

test("a page has one address: no slash at its end, the lower number first", async () => {
  assert.deepEqual(await goesTo("/en"), [301, "/en/"]);
  assert.deepEqual(await goesTo("/en/codes/404/"), [301, "/en/codes/404"]);
  assert.deepEqual(await goesTo("/de/compare/480-404"), [301, "/de/compare/404-480"]);
  assert.equal(
    (await ask("/pt-BR/codes/404")).status,
    complete.codes.includes("pt-BR") ? 200 : 404,
  );
});

test("the chooser without script: a form whose answer is the page of the pair", async () => {
  assert.deepEqual(await goesTo("/en/compare?a=480&b=404"), [303, "/en/compare/404-480"]);
  for (const [a, b] of [
    ["404", "404"],
    ["404", "999"],
    ["404", "<b>"],
    ["", ""],
  ]) {
    const answer = await ask(
      `/en/compare?a=${encodeURIComponent(a ?? "")}&b=${encodeURIComponent(b ?? "")}`,
    );
    assert.equal(answer.status, 404);
    const page = await answer.text();
    assert.match(page, /role="alert"/);
    assert.doesNotMatch(page, /<b><\/q>/);
  }
});

async function searched(query: string): Promise<string> {
  return (await ask(`/en/search?q=${encodeURIComponent(query)}`)).text();
}

test("the search without script: by number, phrase of a vendor, Q.850 cause; nothing found says what to try", async () => {
  assert.match(await searched("404"), /href="\/en\/codes\/404"/);
  assert.match(await searched("Not here"), /href="\/en\/codes\/404"[^]*Kamailio/);
  assert.match(await searched("cause 17"), /href="\/en\/codes\/486"/);
  assert.match(await searched("<script>x"), /Nothing found for “&lt;script&gt;x”/);
  assert.match(await searched("one-way audio"), /href="\/en\/guides\/one-way-audio"/);
  assert.match(await searched(""), /<p role="status"><\/p>/);
});

test("a path that leads nowhere is 404, in the reader's language, with codes near a number in it", async () => {
  const answer = await ask("/de/codes/499");
  assert.equal(answer.status, 404);
  assert.match(await answer.text(), /<html lang="de">[^]*\/de\/codes\/489/);
  assert.equal((await ask("/nl/codes/404")).status, 404);
  assert.equal((await ask("/en/codes/404/x")).status, 404);
  assert.equal((await ask("/assets/../package.json")).status, 404);
});

test("no answer lets a foreign script run, and none is framed", async () => {
  for (const path of ["/en/", "/api/codes/404", "/nope", "/assets/icon.svg"]) {
    const policy = (await ask(path)).headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/, path);
    assert.doesNotMatch(policy, /unsafe/);
  }
  assert.doesNotMatch(await (await ask("/en/codes/404")).text(), /<script|style=| on\w+="/);
});

test("a Host field with a quotation mark in it ends no attribute", async () => {
  for (const path of ["/en/codes/404", "/sitemap.xml", "/sitemap-en.xml"]) {
    const page = await (await app.request(`http://a"b/${path.slice(1)}`)).text();
    assert.doesNotMatch(page, /a"b/, path);
    assert.match(page, /a&quot;b/, path);
  }
});

test("everything is read only, and a path has a limit", async () => {
  const answer = await ask("/en/", { method: "POST", body: "x" });
  assert.equal(answer.status, 405);
  assert.equal(answer.headers.get("allow"), "GET, HEAD");
  assert.equal((await ask(`/en/${"x".repeat(300)}`)).status, 414);
  assert.equal((await ask("/en/codes/404", { method: "HEAD" })).status, 200);
});

test("style and script may be kept for ever, since their names change with them", async () => {
  const page = await (await ask("/en/")).text();
  const name = /\/assets\/(style\.\w+\.css)/.exec(page)?.[1] ?? assert.fail("no style");
  const answer = await ask(`/assets/${name}`);
  assert.match(answer.headers.get("cache-control") ?? "", /immutable/);
  assert.match(answer.headers.get("content-type") ?? "", /^text\/css/);
});

for (const { path, parameter, answer: schema } of routes) {
  test(`GET /api${path}: in every language, as its schema says`, async () => {
    const example = parameter?.example ?? "";
    const filled = `/api${path.replace(/\{\w+\}/, example)}`;
    const query =
      parameter?.in === "query" ? `${parameter.name}=${encodeURIComponent(example)}&` : "";
    for (const language of codeLanguages) {
      const answer = await ask(`${filled}?${query}lang=${language}`);
      const body = (await answer.json()) as { readonly language?: string };
      if (answer.status === 404) {
        assert.match(problemSchema.parse(body).detail, /not there in that language/);
        assert.ok(Object.values(complete).some((languages) => languages.length < 10));
        continue;
      }
      assert.equal(answer.status, 200);
      strict(schema, body);
      if (path !== "/codes/{code}" || complete.codes.includes(language))
        assert.equal(body.language, language);
    }
  });
}

function strict(schema: z.ZodType, body: unknown): void {
  const parsed = schema.safeParse(body);
  assert.ok(parsed.success, parsed.error?.message);
  assert.deepEqual(parsed.data, body, "nothing that the schema does not know");
}

function schemaOf(path: string): z.ZodType {
  return routes.find((row) => row.path === path)?.answer ?? assert.fail(path);
}

test("every code, cause and written pair holds to the schemas of the API", async () => {
  const { codes } = (await (await ask("/api/codes")).json()) as { codes: { code: number }[] };
  const { causes } = (await (await ask("/api/causes")).json()) as { causes: { id: string }[] };
  for (const { code } of codes) {
    strict(schemaOf("/codes/{code}"), await (await ask(`/api/codes/${code}`)).json());
    const answer = await ask(`/api/compare/404-${code}`);
    if (answer.status === 200) strict(schemaOf("/compare/{pair}"), await answer.json());
  }
  for (const { id } of causes)
    strict(schemaOf("/causes/{id}"), await (await ask(`/api/causes/${id}`)).json());
});

test("what is wrong with a question is told as problem details: what was given, what is accepted (RFC 9457)", async () => {
  const wrong: readonly (readonly [
    path: string,
    status: number,
    given: string,
    accepted: RegExp,
  ])[] = [
    ["/api/codes/499", 404, "499", /near it: 4\d\d/],
    ["/api/codes/abc", 404, "abc", /a response code such as 404/],
    ["/api/compare/404-404", 404, "404-404", /two different registered codes/],
    ["/api/compare/404", 404, "404", /404-480/],
    ["/api/search", 400, "", /q of 1 to 100/],
    [`/api/search?q=${"x".repeat(101)}`, 400, "x".repeat(100), /q of 1 to 100/],
    ["/api/causes/nope", 404, "nope", /user-unknown/],
    ["/api/codes?lang=tlh", 400, "tlh", /en, de, es/],
    ["/api/nope", 404, "/api/nope", /\/api\/openapi\.json/],
  ];
  for (const [path, status, given, accepted] of wrong) {
    const answer = await ask(path);
    assert.equal(answer.status, status, path);
    assert.match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/);
    const problem = problemSchema.parse(await answer.json());
    assert.deepEqual([problem.status, problem.given], [status, given]);
    assert.match(problem.accepted, accepted);
  }
});

test("the OpenAPI document names every route, and every reference in it is there", async () => {
  const text = await (await ask("/api/openapi.json")).text();
  const document = JSON.parse(text) as {
    readonly openapi: string;
    readonly paths: object;
    readonly components: { readonly schemas: object };
  };
  assert.equal(document.openapi, "3.1.0");
  assert.deepEqual(
    Object.keys(document.paths),
    routes.map(({ path }) => `/api${path}`),
  );
  const names = Object.keys(document.components.schemas);
  for (const [, name = ""] of text.matchAll(/"\$ref":"([^"]+)"/g)) {
    assert.ok(names.includes(name.replace("#/components/schemas/", "")), name);
  }
});

test("none of this was a fault of ours", () => {
  assert.deepEqual(faults, []);
});
