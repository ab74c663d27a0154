import { codeLanguages, languageOf, type CodeLanguage } from "../codes/index.ts";

/** What each language calls itself. */
export const languageNames: Readonly<Record<CodeLanguage, string>> = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  fr: "Français",
  ja: "日本語",
  ko: "한국어",
  "pt-BR": "Português (Brasil)",
  ru: "Русский",
  "zh-CN": "简体中文",
  "zh-TW": "繁體中文",
};

const ACCEPTED_MAX = 20;

/**
 * The language of ours that an Accept-Language field likes best, English where it likes none; of equal weight the
 * first (RFC 9110 §12.5.4). No more than 20 of its ranges are read.
 */
export function preferredLanguage(
  field: string | undefined,
  among: readonly CodeLanguage[] = codeLanguages,
): CodeLanguage {
  const ranges = (field ?? "").split(",", ACCEPTED_MAX).map((range) => {
    const [tag = "", ...parameters] = range.trim().split(";");
    const q = parameters.map((each) => /^\s*q=([\d.]{1,5})\s*$/i.exec(each)?.[1]).find(Boolean);
    return { language: languageOf(tag.trim()), weight: q === undefined ? 1 : Number(q) };
  });
  const liked = ranges
    .filter(({ weight }) => weight > 0)
    .toSorted((one, other) => other.weight - one.weight)
    .find(({ language }) => language !== undefined && among.includes(language));
  return liked?.language ?? "en";
}

/** `pt-BR` as it stands in a URL. @returns undefined for what is none of the ten, letter by letter */
export function languageInPath(segment: string): CodeLanguage | undefined {
  return codeLanguages.find((each) => each === segment);
}
