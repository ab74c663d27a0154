import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** What `sun_path` holds, less the zero at its end (Linux). */
const SOCKET_PATH_MAX_BYTES = 107;

/**
 * The data folder that a command means: `--data`, else `$NEXTHOP_DATA`, else `$XDG_STATE_HOME/nexthop`, else
 * `~/.local/state/nexthop`. Absolute; it need not exist.
 */
export function dataFolderPath(
  flag: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const named = flag ?? nonEmpty(environment["NEXTHOP_DATA"]);
  if (named !== undefined) return resolve(named);
  const state = nonEmpty(environment["XDG_STATE_HOME"]) ?? join(homedir(), ".local", "state");
  return join(state, "nexthop");
}

/** Where the path of the control socket stands when it could not be in the folder itself. */
export function controlPathFile(folder: string): string {
  return join(folder, "control.path");
}

/** `DIR/control.sock`; undefined when that is too long for a Unix socket. */
export function controlSocketInside(folder: string): string | undefined {
  const path = join(folder, "control.sock");
  return Buffer.byteLength(path) <= SOCKET_PATH_MAX_BYTES ? path : undefined;
}

/** Where to reach the server that runs on that folder; undefined when the folder says that none can be. */
export function controlSocketPath(folder: string): string | undefined {
  const inside = controlSocketInside(folder);
  if (inside !== undefined) return inside;
  const file = controlPathFile(folder);
  if (!existsSync(file)) return undefined;
  return nonEmpty(readFileSync(file, "utf8").trim());
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === "" ? undefined : text;
}
