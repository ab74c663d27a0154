export {
  LAPSED_KEPT_MS,
  LAPSED_LIMIT,
  type Binding,
  type Held,
  type LocationStore,
  type LocationSupport,
  type ReplaceOutcome,
} from "./store.ts";
