export { lmdbLocationStore, type LmdbLocationOptions } from "./lmdb.ts";
export { memoryLocationStore } from "./memory.ts";
export type { Durability } from "./pending-writes.ts";
export {
  LAPSED_KEPT_MS,
  LAPSED_LIMIT,
  type Binding,
  type Held,
  type LocationStore,
  type LocationSupport,
  type ReplaceOutcome,
} from "./store.ts";
