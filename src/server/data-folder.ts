import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ServerError } from "../causes/index.ts";
import { lockFolder } from "./folder-lock.ts";

/** The folder of one running server: stores, cases, secret, control socket. */
export interface DataFolder {
  /** Absolute. */
  readonly path: string;
  /** 32 hex digits, made once and kept, so that calls and nonces set up before a restart go on after it. */
  readonly tokenSecret: string;
  /** Lets the next server have it. */
  release(): void;
}

/**
 * Creates the folder (mode 0700) where it is missing, and takes it for this process.
 *
 * @throws ServerError `data-folder-in-use`, naming the process that has it; `store-unreadable` when it cannot be
 * created or written
 */
export function openDataFolder(path: string): DataFolder {
  let release: (() => void) | undefined;
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    release = lockFolder(path);
    return { path, tokenSecret: lastingSecret(path), release };
  } catch (error) {
    release?.();
    if (error instanceof ServerError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new ServerError("store-unreadable", `${path}: ${detail}`, { cause: error });
  }
}

function lastingSecret(folder: string): string {
  const path = join(folder, "secret");
  try {
    writeFileSync(path, `${randomBytes(16).toString("hex")}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const secret = readFileSync(path, "utf8").trim();
  if (!/^[0-9a-f]{32}$/.test(secret)) {
    throw new ServerError("store-unreadable", `${path} does not hold 32 hex digits; remove it`);
  }
  return secret;
}
