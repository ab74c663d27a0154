import type { Rule } from "../tree.ts";
import { causeRule } from "./causes.ts";
import { citationRule } from "./citations.ts";
import { diagnosisRule } from "./diagnosis-rules.ts";
import { docCommentRule } from "./doc-comments.ts";
import { layerRule } from "./layers.ts";
import { machinePathRule } from "./machine-paths.ts";
import { purityRule } from "./purity.ts";
import { sizeRule } from "./size.ts";
import { brandRule, wordRule } from "./words.ts";

/** The rules that are tests, each under the sentence that it holds. */
export const rules: Readonly<Record<string, Rule>> = {
  "a layer imports only what the table allows, through index.ts": layerRule,
  "pure layers know no clock, no randomness, no waiting and no outside": purityRule,
  "no file is over 400 lines": sizeRule,
  "what leaves a layer has a doc comment": docCommentRule,
  "clauses are cited as RFC 3261 §16.6 step 5": citationRule,
  "each cause has its page, each page its cause, and a test produces it": causeRule,
  "a diagnosis rule has its code, its test and its words": diagnosisRule,
  "no any, no doubled cast, no empty catch, no console, nothing left over": wordRule,
  "brands are cast only by the parsers that earn them": brandRule,
  "nothing names a path of one machine": machinePathRule,
};
