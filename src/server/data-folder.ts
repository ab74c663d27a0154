import { mkdirSync } from "node:fs";
import { ServerError } from "../causes/index.ts";
import { lockFolder } from "./folder-lock.ts";

/** The folder of one running server: stores, cases, token secret, control socket. */
export interface DataFolder {
  /** Absolute. */
  readonly path: string;
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
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return { path, release: lockFolder(path) };
  } catch (error) {
    if (error instanceof ServerError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new ServerError("store-unreadable", `${path}: ${detail}`, { cause: error });
  }
}
