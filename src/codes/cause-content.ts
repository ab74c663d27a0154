/** The words of one cause in one language. `says` and `fixes` are templates with `{placeholders}`. */
export interface CauseText {
  readonly title: string;
  readonly says: string;
  readonly whatHappened: string;
  readonly whatTheServerDid: string;
  readonly howToSeeIt: string;
  readonly fixes: readonly string[];
}

/** What is known of a cause beside its table row, in no language. */
export interface CauseFacts {
  readonly severity: "info" | "warning" | "error";
  /** Who can do something about it. */
  readonly sides: readonly ("caller" | "callee" | "operator")[];
  readonly relatedCauses: readonly string[];
  readonly relatedCodes: readonly number[];
  /** What `example.sip` is; absent where no message makes sense. */
  readonly example?: "request" | "response" | "malformed";
}

/** All that explaining needs to speak one language: causes by id, and the words between them. */
export interface CauseContent {
  readonly language: string;
  readonly texts: Readonly<Record<string, CauseText>>;
  readonly facts: Readonly<Record<string, CauseFacts>>;
  readonly words: Readonly<Record<string, string>>;
}

const languages = {
  en: () => import("./generated/causes.en.ts"),
};

/** The languages that causes and explanations are there in. */
export type CauseLanguage = keyof typeof languages;
export const causeLanguages = Object.keys(languages) as readonly CauseLanguage[];

/** Loads one language when somebody reads; nothing of it is in memory before. */
export async function loadCauseContent(language: CauseLanguage): Promise<CauseContent> {
  const [{ causeTexts, words }, { causeFacts }] = await Promise.all([
    languages[language](),
    import("./generated/causes.facts.ts"),
  ]);
  return { language, texts: causeTexts, facts: causeFacts, words };
}
