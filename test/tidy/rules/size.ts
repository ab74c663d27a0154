import { isTest, type Rule } from "../tree.ts";

const LIMIT = 400;

/** Files over the limit that stay whole, each with the reason. */
const allowed: Readonly<Record<string, string>> = {};

/** One idea a file: over 400 lines it is split. Tests, tables and hot files are exempt. */
export const sizeRule: Rule = ({ sources }) =>
  sources
    .filter(
      ({ path }) => !isTest(path) && !path.endsWith("-table.ts") && allowed[path] === undefined,
    )
    .filter(({ comments }) => comments[0]?.text.includes("Hot path") !== true)
    .flatMap(({ path, text }) => {
      const lines = text.split("\n").length - 1;
      const found = `${lines} lines, more than ${LIMIT}: split it, or list it in tidy/rules/size.ts`;
      return lines <= LIMIT ? [] : [{ path, line: LIMIT, text: found }];
    });
