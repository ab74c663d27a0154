export {
  digestAlgorithms,
  type Alias,
  type Credential,
  type DigestAlgorithm,
  type Directory,
  type DirectoryEntry,
  type DirectorySupport,
  type Subscriber,
} from "./directory.ts";
export {
  IMPORT_ROWS_MAX,
  readImport,
  type Import,
  type ImportProblem,
  type ImportRow,
} from "./import.ts";
export { lmdbDirectory, type LmdbDirectoryOptions } from "./lmdb.ts";
export { memoryDirectory } from "./memory.ts";
export {
  AOR_CHARS_MAX,
  parseTypedAddress,
  passwordProblem,
  PASSWORD_CHARS_MAX,
} from "./typed-address.ts";
