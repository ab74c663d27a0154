import { posix } from "node:path";
import { lineAt, type Source } from "./source.ts";

export interface Import {
  readonly line: number;
  /** `import type …` or `export type … from`. */
  readonly typesOnly: boolean;
  /** What stands between `import` and `from`; empty for `import "x"` and `import("x")`. */
  readonly names: string;
  /** As written. */
  readonly specifier: string;
  /** Path from the root of the tree; undefined for a package or a Node module. */
  readonly path: string | undefined;
  readonly dynamic: boolean;
}

const STATEMENT =
  /\b(?:import|export)\s+(?<type>type\s+)?(?<names>[\w$*{}\s,]*?)\s*\bfrom\s*["'](?<from>[^"']+)["']|\bimport\s*["'](?<bare>[^"']+)["']|\bimport\s*\(\s*["'`](?<dynamic>[^"'`]+)["'`]/g;

/** Every import, re-export and dynamic import of a file. */
export function importsOf(source: Source): Import[] {
  // In `bare` too: what stands in a string is no import.
  const matches = [...source.code.matchAll(STATEMENT)].filter(
    ({ index }) => source.bare[index] === source.code[index],
  );
  return matches.map((match) => {
    const { type, names, from, bare, dynamic } = match.groups ?? {};
    const specifier = from ?? bare ?? dynamic ?? "";
    return {
      line: lineAt(source.text, match.index),
      typesOnly: type !== undefined,
      names: names ?? "",
      specifier,
      path: specifier.startsWith(".")
        ? posix.normalize(posix.join(posix.dirname(source.path), specifier))
        : undefined,
      dynamic: dynamic !== undefined,
    };
  });
}
