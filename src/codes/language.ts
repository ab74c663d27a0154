import { codeLanguages, type CodeLanguage } from "./types.ts";

/**
 * The language that a tag or a locale names: `pt_BR.UTF-8`, `zh-Hant`, `de`. Portuguese of any country is `pt-BR`;
 * Chinese goes by script, else by country. @returns undefined for a language that the reference is not meant for
 */
export function languageOf(tag: string): CodeLanguage | undefined {
  const [language = "", ...subtags] = tag
    .replace(/[.@].*$/u, "")
    .toLowerCase()
    .split(/[-_]/);
  if (language === "zh") {
    const isTraditional = subtags.some((each) => ["tw", "hk", "mo", "hant"].includes(each));
    return isTraditional ? "zh-TW" : "zh-CN";
  }
  if (language === "pt") return "pt-BR";
  return codeLanguages.find((each) => each === language);
}
