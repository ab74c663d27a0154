import { existsSync } from "node:fs";
import { join } from "node:path";
import { credentialOf } from "../../auth/index.ts";
import { lmdbDirectory } from "../../directory/index.ts";
import { openLmdb, STORE_FILE } from "../../lmdb/index.ts";
import { lmdbLocationStore } from "../../location/index.ts";
import type { CommandPort } from "./types.ts";

/** A port onto the stores of a data folder, for a command that runs while no server does. */
export interface LocalPort extends CommandPort {
  close(): Promise<void>;
}

/**
 * Opens the stores of a data folder. With `create` a folder that is not there is made; without, undefined says that
 * there is no store.
 *
 * @throws ServerError `store-unreadable`
 */
export function openLocalPort(
  folder: string,
  options: { readonly create: boolean },
): LocalPort | undefined {
  if (!options.create && !existsSync(join(folder, STORE_FILE))) return undefined;
  const environment = openLmdb({ folder });
  const directory = lmdbDirectory({ folder, environment });
  const location = lmdbLocationStore({ folder, environment });
  return {
    directory,
    location,
    domains: undefined,
    nowMs: Date.now,
    credentialOf,
    close: async () => {
      await location.close();
      await directory.close();
      await environment.close();
    },
  };
}
