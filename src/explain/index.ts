export { explain, standardValues, type ExplainContext } from "./explain.ts";
export type { DirectoryNote } from "./evidence.ts";
export { filled, type Values } from "./fill.ts";
export { addressOf, nameOf, shown } from "./format.ts";
export {
  nearMissesFrom,
  nearMissQuestions,
  NEAR_MISS_QUESTION_LIMIT,
  type NearMissAnswer,
  type NearMissQuestion,
} from "./near-misses.ts";
export { renderExplanation, type RenderOptions } from "./render.ts";
export type {
  BranchSummary,
  EvidenceRow,
  Explanation,
  NearMiss,
  NextStep,
  WhoSaidNo,
} from "./types.ts";
export { subjectOf } from "./case-facts.ts";
export { wordIds } from "./words.ts";
