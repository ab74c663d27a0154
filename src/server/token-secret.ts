import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "../base/random.ts";
import { ServerError } from "../causes/index.ts";

const FILE = "token-secret";
const HEX128 = /^[0-9a-f]{32}$/;

/**
 * The key of dialog tokens, local tags and nonces: made once for a data folder, so that calls set up before a restart
 * go on after it. Readable by its owner only.
 *
 * @throws ServerError `store-unreadable`
 */
export function tokenSecretOf(folder: string, random: Random): string {
  const path = join(folder, FILE);
  try {
    writeFileSync(path, random.hex128(), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "EEXIST") {
      throw new ServerError("store-unreadable", `${path}: ${String(error)}`, { cause: error });
    }
  }
  const secret = readFileSync(path, "latin1").trim();
  if (!HEX128.test(secret)) {
    throw new ServerError("store-unreadable", `${path} does not hold 32 hex digits; remove it`);
  }
  return secret;
}
