export {
  entryCountOf,
  FIRST_KEY,
  KEY_CHARS_MAX,
  openLmdb,
  STORE_FILE,
  unreadable,
  type BytesDatabase,
  type LmdbEnvironment,
  type LmdbOptions,
} from "./environment.ts";
