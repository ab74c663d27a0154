export {
  causeLanguages,
  loadCauseContent,
  type CauseContent,
  type CauseFacts,
  type CauseLanguage,
  type CauseText,
} from "./cause-content.ts";
