import type { Rule } from "../tree.ts";

const RULE = /^src\/explain\/rules\/([a-z0-9-]+)\.ts$/;

/** A diagnosis rule is three things: code, a test (a match and a near match), and its words. */
export const diagnosisRule: Rule = ({ sources, texts }) => {
  const paths = new Set([...sources, ...texts].map(({ path }) => path));
  return sources.flatMap(({ path }) => {
    const id = RULE.exec(path)?.[1];
    if (id === undefined || id === "index") return [];
    return [`src/explain/rules/${id}.test.ts`, `content/causes/${id}/en.md`]
      .filter((wanted) => !paths.has(wanted))
      .map((wanted) => ({ path, line: 1, text: `the rule "${id}" has no ${wanted}` }));
  });
};
