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
export { lmdbDirectory, type LmdbDirectoryOptions } from "./lmdb.ts";
export { memoryDirectory } from "./memory.ts";
