import type { Finding, Rule } from "../tree.ts";

const TABLE = "src/causes/causes.ts";

/** Each cause has its page, each page its cause, and at least one test produces it. */
export const causeRule: Rule = ({ sources, texts, list }) => {
  const table = sources.find(({ path }) => path === TABLE);
  if (table === undefined) return [];
  const ids = [...table.code.matchAll(/^ {2}"?([a-z][a-z0-9-]*)"?: \{/gm)].map(
    (match) => match[1] ?? "",
  );
  const pages = list("content/causes");
  const paths = new Set(texts.map(({ path }) => path));
  // Tidy's own tests plant causes that do not exist; a conformance suite is a test under another name.
  const tests = sources
    .filter(
      ({ path }) => /\.test\.ts$|conformance\.ts$/.test(path) && !path.startsWith("test/tidy/"),
    )
    .map(({ code }) => code);

  const findings: Finding[] = [];
  const found = (text: string, path = TABLE): void => {
    findings.push({ path, line: 1, text });
  };
  for (const id of ids) {
    for (const file of ["facts.json", "en.md"]) {
      const path = `content/causes/${id}/${file}`;
      if (!paths.has(path)) found(`cause "${id}" has no ${path}`);
    }
    if (!tests.some((code) => new RegExp(`(?<![\\w-])${id}(?![\\w-])`).test(code)))
      found(`no test produces the cause "${id}"`);
  }
  for (const page of pages) {
    if (!ids.includes(page)) found(`no cause "${page}" in ${TABLE}`, `content/causes/${page}`);
  }
  return findings;
};
