import type { CodeLanguage, CodeWords, CompareWords } from "../types.ts";

/** What every rule of comparing speaks with: the sentences, the words of tokens, and how to list things. */
export interface Speech {
  /** The sentence `key` of `group`, its `{placeholders}` filled. */
  readonly say: (group: string, key: string, values?: Values) => string;
  /** The words of a token of the facts. */
  readonly word: (kind: string, token: string) => string;
  readonly list: (items: readonly string[]) => string;
  /** Like a list, of parts that may hold commas themselves. */
  readonly clauses: (items: readonly string[]) => string;
}

export type Values = Readonly<Record<string, string | number>>;

/** @throws Error that names a sentence that is not there: a test renders every pair in every language */
export function speechOf(compare: CompareWords, words: CodeWords, language: CodeLanguage): Speech {
  const { comma = ", ", semicolon = "; " } = compare["cells"] ?? {};
  return {
    say(group, key, values = {}) {
      const template = compare[group]?.[key];
      if (template === undefined) throw new Error(`no sentence ${group}.${key}`);
      return filled(template, values, language);
    },
    word(kind, token) {
      const text = words[kind]?.[token];
      if (text === undefined) throw new Error(`no word ${kind}.${token}`);
      return text;
    },
    list: (items) => items.join(comma),
    clauses: (items) => items.join(semicolon),
  };
}

/** Puts values in the place of `{names}`, fractions as the language writes them. @throws Error that names a placeholder nobody has a value for */
export function filled(template: string, values: Values, language: CodeLanguage): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for {${name}} in: ${template}`);
    // Codes and counts are whole and stay as they are; 2.1 s is "2,1 s" for half of the readers.
    return typeof value === "number" && !Number.isInteger(value)
      ? value.toLocaleString(language)
      : String(value);
  });
}
