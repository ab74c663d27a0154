import type { CodeWords, CompareWords } from "../types.ts";

/** What every rule of comparing speaks with: the sentences, the words of tokens, and how to list things. */
export interface Speech {
  /** The sentence `key` of `group`, its `{placeholders}` filled. */
  readonly say: (group: string, key: string, values?: Values) => string;
  /** The words of a token of the facts. */
  readonly word: (kind: string, token: string) => string;
  readonly list: (items: readonly string[]) => string;
}

export type Values = Readonly<Record<string, string | number>>;

/** @throws Error that names a sentence that is not there: a test renders every pair in every language */
export function speechOf(compare: CompareWords, words: CodeWords, comma: string): Speech {
  return {
    say(group, key, values = {}) {
      const template = compare[group]?.[key];
      if (template === undefined) throw new Error(`no sentence ${group}.${key}`);
      return filled(template, values);
    },
    word(kind, token) {
      const text = words[kind]?.[token];
      if (text === undefined) throw new Error(`no word ${kind}.${token}`);
      return text;
    },
    list: (items) => items.join(comma),
  };
}

/** Puts values in the place of `{names}`. @throws Error that names a placeholder nobody has a value for */
export function filled(template: string, values: Values): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for {${name}} in: ${template}`);
    return String(value);
  });
}
