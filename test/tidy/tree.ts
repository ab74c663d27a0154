import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readSource, type Source } from "./source.ts";

/** What a rule found wrong: where, what, and what to do instead. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/** A checkout, or a planted one. */
export interface Tree {
  readonly root: string;
  /** Every TypeScript file of ours. */
  readonly sources: readonly Source[];
  /** Every other text file of ours, by path. */
  readonly texts: readonly { readonly path: string; readonly text: string }[];
  /** Names in a folder; none when there is no such folder. */
  readonly list: (folder: string) => readonly string[];
}

export type Rule = (tree: Tree) => Finding[];

const FOLDERS = ["src", "test", "bench", "scripts", "examples", "bin", ".ci", "content", "docs"];
const GENERATED =
  /^(?:src\/codes\/generated|bench\/results|bench\/peers\/(?:node_modules|package-lock)|docs\/rfc-coverage\.md)/;
const TEXT =
  /\.(?:js|json|jsonc|md|sh|xml|c|cfg|csv|flow|sip|yml|yaml|txt|svg)$|^\.ci\/run$|^LICENSE$/;

/** Reads the tree once; the rules share it. */
export function readTree(root: string): Tree {
  const paths = [
    ...FOLDERS.flatMap((folder) => globSync(`${folder}/**/*`, { cwd: root })),
    ...globSync(["*.md", "*.json", "*.ts"], { cwd: root }),
  ]
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => !GENERATED.test(path) && path !== "package-lock.json");
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  return {
    root,
    sources: paths
      .filter((path) => path.endsWith(".ts"))
      .map((path) => readSource(path, read(path))),
    texts: paths.filter((path) => TEXT.test(path)).map((path) => ({ path, text: read(path) })),
    list: (folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []),
  };
}

export function isTest(path: string): boolean {
  return /\.(?:test|interop|bench)\.ts$|\.test-d\.ts$/.test(path);
}

/** Product code: what is under `src` and is no test. */
export function isProduct(path: string): boolean {
  return path.startsWith("src/") && !isTest(path);
}
