import { createHash } from "node:crypto";
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("corpus", import.meta.url));

/**
 * What once broke something: the messages in the order they came (the parser takes one), and what was found. Without
 * messages the seed tells all.
 */
export interface Specimen {
  readonly hash: string;
  readonly target: "parser" | "server";
  readonly seed: number;
  readonly texts: readonly string[];
  readonly finding: string;
}

/** What stands beside the messages, in `<hash>.json`. */
type Note = Omit<Specimen, "texts" | "hash"> & { readonly files: readonly string[] };

/** Writes `<hash>.sip` (with more messages `<hash>-1.sip`, `<hash>-2.sip`…) and the finding in `<hash>.json`. */
export function keep(specimen: Omit<Specimen, "hash">): string {
  const { texts, ...rest } = specimen;
  const named = texts.length === 0 ? `${rest.target} ${rest.seed}` : texts.join("\0");
  const hash = createHash("sha256").update(named, "latin1").digest("hex").slice(0, 12);
  mkdirSync(folder, { recursive: true });
  const files = texts.map((_, at) =>
    texts.length === 1 ? `${hash}.sip` : `${hash}-${at + 1}.sip`,
  );
  for (const [at, file] of files.entries()) {
    writeFileSync(`${folder}/${file}`, texts[at] ?? "", "latin1");
  }
  const note: Note = { ...rest, files };
  writeFileSync(`${folder}/${hash}.json`, `${JSON.stringify(note, undefined, 2)}\n`);
  return hash;
}

/** Everything that was kept. */
export function specimens(): Specimen[] {
  return globSync("*.json", { cwd: folder })
    .toSorted()
    .map((name) => {
      const { files, ...rest } = JSON.parse(readFileSync(`${folder}/${name}`, "utf8")) as Note;
      const texts = files.map((file) => readFileSync(`${folder}/${file}`, "latin1"));
      return { ...rest, hash: name.slice(0, -".json".length), texts };
    });
}
