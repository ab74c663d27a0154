import { Option, InvalidArgumentError } from "commander";
import { codeLanguages, languageOf, type CodeLanguage, type Reference } from "../codes/index.ts";
import type { Terminal } from "./terminal.ts";
import type { Look } from "./text-layout.ts";

const WIDTH = 80;

/** What `code` and `compare` take beside their arguments. */
export interface ReferenceOptions {
  readonly lang?: CodeLanguage;
  readonly json?: boolean;
}

/** `--lang`: any tag or locale that names one of the ten languages. */
export function languageOption(): Option {
  return new Option(
    "--lang <language>",
    `${codeLanguages.join(", ")} (default: from the environment)`,
  ).argParser((text) => {
    const language = languageOf(text);
    if (language !== undefined) return language;
    throw new InvalidArgumentError(`accepted: ${codeLanguages.join(", ")}`);
  });
}

/** The language asked for, else that of the environment (LC_ALL, LC_MESSAGES, LANG), else English. */
export function languageFor({ lang }: ReferenceOptions, { environment }: Terminal): CodeLanguage {
  if (lang !== undefined) return lang;
  // The first that is set counts, even when it says "C": so do other programs take it.
  const locale = environment["LC_ALL"] || environment["LC_MESSAGES"] || environment["LANG"] || "";
  return languageOf(locale) ?? "en";
}

/** Says it when something is in English although another language was asked for. */
export function tellFallback(
  reference: Pick<Reference, "language">,
  shown: CodeLanguage,
  terminal: Terminal,
): void {
  if (shown === reference.language) return;
  terminal.error(`This part is not complete in ${reference.language} yet; it is shown in English.`);
}

/** Says it when the pages are there and the labels beside them are not. */
export function tellLabels(reference: Reference, terminal: Terminal): void {
  const { language, codesIn, comparisonsIn } = reference;
  if (codesIn !== language || comparisonsIn === language) return;
  terminal.error(`The labels are not there in ${language} yet; they are shown in English.`);
}

/** Colour only where somebody watches, and never with NO_COLOR. */
export function lookOf({ environment }: Terminal): Look {
  return {
    width: Math.min(Math.max(process.stdout.columns ?? WIDTH, 40), WIDTH),
    colour: process.stdout.isTTY && environment["NO_COLOR"] === undefined,
  };
}
