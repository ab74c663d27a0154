import { readFileSync } from "node:fs";
import type { TransportLimits } from "./limits.ts";

/** File descriptors left for stores, case files, the control socket and listeners. */
const DESCRIPTORS_RESERVED = 64;

/**
 * How many connections there may be: what was asked for, or what this process may open less what it needs besides.
 * Beyond the kernel's limit newcomers are shut before anybody sees them, and a flood of half-open connections would
 * keep phones out; below it the oldest that never spoke give way (`ConnectionTable`).
 */
export function connectionsWithin({ connections, watchedDestinations }: TransportLimits): number {
  const room = openFilesLimit() - DESCRIPTORS_RESERVED - watchedDestinations;
  return Math.max(1, Math.min(connections, room));
}

/** The soft limit of this process, which Node has raised to the hard one; Infinity where nobody says. */
function openFilesLimit(): number {
  try {
    const [, soft] =
      /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1")) ?? [];
    return soft === undefined ? Infinity : Number(soft);
  } catch {
    // No /proc: not Linux, or hidden. Then the configured number has to be right.
    return Infinity;
  }
}
