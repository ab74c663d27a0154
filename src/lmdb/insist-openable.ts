import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";

const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;
const DATA_VERSION = 2;
const HEAD_SIZE_BYTES = 32;
const FILE_SIZE_BYTES_MIN = 8_192;

/**
 * Throws in words what would make LMDB refuse to open this file. It must be asked first: lmdb 3.5.6 frees twice when
 * opening fails, and takes the process down.
 */
export function insistOpenable(path: string): void {
  const { R_OK, W_OK, X_OK } = constants;
  accessSync(dirname(path), R_OK | W_OK | X_OK);
  const lockPath = `${path}-lock`;
  if (existsSync(lockPath)) insistFile(lockPath);
  if (!existsSync(path)) return;
  insistFile(path);
  const { size } = statSync(path);
  // LMDB takes an empty file as a new store.
  if (size === 0) return;
  if (size < FILE_SIZE_BYTES_MIN) throw new Error(`${size} bytes are too few for an LMDB file`);
  const head = Buffer.alloc(HEAD_SIZE_BYTES);
  const descriptor = openSync(path, "r");
  try {
    readSync(descriptor, head, 0, HEAD_SIZE_BYTES, 0);
  } finally {
    closeSync(descriptor);
  }
  if (head.readUInt32LE(MAGIC_AT) !== MAGIC) throw new Error("this is not an LMDB file");
  const version = head.readUInt32LE(MAGIC_AT + 4);
  if (version !== DATA_VERSION) {
    throw new Error(`LMDB data format ${version}, and this server reads ${DATA_VERSION}`);
  }
}

function insistFile(path: string): void {
  if (!statSync(path).isFile()) throw new Error(`${path} is not a file`);
  accessSync(path, constants.R_OK | constants.W_OK);
}
