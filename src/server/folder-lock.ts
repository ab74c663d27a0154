import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ServerError } from "../causes/index.ts";

/** Every try that fails has seen another process win; that many winners in a row are not plausible. */
const TRIES = 20;

interface Holder {
  readonly processId: number;
  /** Start time in clock ticks since boot (/proc/PID/stat), so that a process id used again is not taken for it. */
  readonly startedAt: string;
  readonly bootId: string;
  /** Let go of on purpose, though the process may live on. */
  readonly isReleased: boolean;
}

/**
 * Takes the folder for this process alone. Survives `kill -9` of its holder: whoever comes next sees that it is gone.
 *
 * Theory: the lock is a file `lock.N`, and the highest N counts. Taking over from a dead holder means creating
 * `lock.N+1` with `link`, which exactly one of several can; nobody ever deletes the file that counts, so two who saw
 * the same dead holder cannot both win. A latecomer who creates a number that is not the highest any more takes his
 * file back and looks again.
 *
 * @returns the way to let go of it
 * @throws ServerError `data-folder-in-use`, naming the process
 */
export function lockFolder(folder: string): () => void {
  const mine: Holder = { ...identityOf(process.pid), processId: process.pid, isReleased: false };
  const draft = join(folder, `lock-draft-${process.pid}`);
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const highest = highestLock(folder);
      const holder = highest === 0 ? undefined : readHolder(folder, highest);
      if (holder !== undefined && isAlive(holder)) throw inUse(folder, holder.processId);
      const number = highest + 1;
      if (!linked(draft, lockPath(folder, number))) continue;
      if (highestLock(folder) !== number) {
        rmSync(lockPath(folder, number), { force: true });
        continue;
      }
      removeBelow(folder, number);
      return () => release(folder, number, mine);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw inUse(folder, 0);
}

function lockPath(folder: string, number: number): string {
  return join(folder, `lock.${number}`);
}

function lockNumbers(folder: string): number[] {
  return readdirSync(folder)
    .map((name) => Number(/^lock\.([1-9]\d*)$/.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0);
}

function highestLock(folder: string): number {
  return Math.max(0, ...lockNumbers(folder));
}

function removeBelow(folder: string, number: number): void {
  for (const old of lockNumbers(folder)) {
    if (old < number) rmSync(lockPath(folder, old), { force: true });
  }
}

/** Marks it as free in place: deleting it would give its number out twice. */
function release(folder: string, number: number, mine: Holder): void {
  const draft = join(folder, `lock-draft-${process.pid}`);
  try {
    writeFileSync(draft, JSON.stringify({ ...mine, isReleased: true }), { mode: 0o600 });
    renameSync(draft, lockPath(folder, number));
  } catch (error) {
    // The folder was removed under us (a temporary one): then there is nothing left to lock.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** undefined when it cannot be read: it was removed meanwhile, or is no lock of ours. */
function readHolder(folder: string, number: number): Holder | undefined {
  try {
    const held = JSON.parse(readFileSync(lockPath(folder, number), "utf8")) as Partial<Holder>;
    const { processId, startedAt = "", bootId = "", isReleased = false } = held;
    return typeof processId === "number" ? { processId, startedAt, bootId, isReleased } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.isReleased) return false;
  if (holder.processId !== process.pid) {
    try {
      process.kill(holder.processId, 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    }
  }
  const now = identityOf(holder.processId);
  // It exists but /proc does not show it to us: then it counts.
  if (now.startedAt === "") return true;
  return now.startedAt === holder.startedAt && now.bootId === holder.bootId;
}

/** What tells a process from a later one with the same id; empty where there is no /proc. */
function identityOf(processId: number): { readonly startedAt: string; readonly bootId: string } {
  // The command's name in field 2 may hold spaces and brackets: count from the last bracket. Field 22 is the start.
  const stat = readOr(`/proc/${processId}/stat`);
  const startedAt = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  return { startedAt, bootId: readOr("/proc/sys/kernel/random/boot_id").trim() };
}

function readOr(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function inUse(folder: string, processId: number): ServerError {
  const who = processId === 0 ? "others that start" : `process ${processId}`;
  return new ServerError("data-folder-in-use", `${folder} is used by ${who}`);
}
