import { lineAt } from "../source.ts";
import type { Rule } from "../tree.ts";

/** Folders that belong to one machine, or to one person on it. */
const MACHINE_PATH = /(?<![\w.~/:-])\/(?:home|root|Users|work|mnt|workspace)\/[\w.-]+/g;

/** No file names a path of the machine it was written on. */
export const machinePathRule: Rule = ({ sources, texts }) =>
  [...sources, ...texts]
    .filter(({ path }) => !path.startsWith("test/tidy/"))
    .flatMap(({ path, text }) =>
      [...text.matchAll(MACHINE_PATH)].map((match) => ({
        path,
        line: lineAt(text, match.index),
        text: `"${match[0]}" is a path of one machine`,
      })),
    );
