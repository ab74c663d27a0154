/** The head of every compiled module. */
export const FIRST_LINE =
  "// Made from content/ by scripts/compile-content.ts; not in git, not to be edited.\n";

/**
 * A module of data: JavaScript with one JSON string, which loads ten times as fast as a literal, and has no types to
 * strip; and its declaration. `from` is the file of the type.
 */
export function dataModule(
  name: string,
  type: string,
  value: unknown,
  from = "types",
): [string, string][] {
  const json = JSON.stringify(JSON.stringify(value));
  return [
    [`${name}.js`, `${FIRST_LINE}export const data = JSON.parse(${json});\n`],
    [
      `${name}.d.ts`,
      `${FIRST_LINE}import type { ${type} } from "../${from}.ts";\nexport declare const data: ${type};\n`,
    ],
  ];
}

/** The modules of one part by language; written out, so that a bundler sees each import. */
export function importTable(
  name: string,
  file: string,
  type: string,
  languages: readonly string[],
): string {
  return (
    `export const ${name}: { readonly [L in CodeLanguage]?: () => Promise<{ readonly data: ${type} }> } = {\n` +
    languages.map((each) => `  "${each}": () => import("./${file}.${each}.js"),\n`).join("") +
    `};\n`
  );
}
