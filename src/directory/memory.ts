import { ServerError } from "../causes/index.ts";
import type { Aor } from "../message/index.ts";
import type { Directory, DirectoryEntry } from "./directory.ts";

/** The twin of the LMDB directory that forgets on exit: same answers, for tests, simulation and the lab. */
export function memoryDirectory(entries: readonly DirectoryEntry[] = []): Directory {
  return new MemoryDirectory(entries);
}

class MemoryDirectory implements Directory {
  readonly supports = { durable: false, sharedBetweenMachines: false };
  readonly #byAor = new Map<Aor, DirectoryEntry>();
  #size = 0;
  #isClosed = false;

  constructor(entries: readonly DirectoryEntry[]) {
    for (const entry of entries) this.#put(entry);
  }

  get size(): number {
    this.#insistOpen();
    return this.#size;
  }

  find(aor: Aor): DirectoryEntry | undefined {
    this.#insistOpen();
    return this.#byAor.get(aor);
  }

  async put(entries: readonly DirectoryEntry[]): Promise<void> {
    this.#insistOpen();
    for (const entry of entries) this.#put(entry);
  }

  async remove(aor: Aor): Promise<boolean> {
    this.#insistOpen();
    if (this.#byAor.get(aor)?.kind === "subscriber") this.#size -= 1;
    return this.#byAor.delete(aor);
  }

  *entries(kind?: DirectoryEntry["kind"]): Iterable<DirectoryEntry> {
    this.#insistOpen();
    for (const entry of this.#byAor.values()) {
      if (kind === undefined || entry.kind === kind) yield entry;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #put(entry: DirectoryEntry): void {
    if (this.#byAor.get(entry.aor)?.kind === "subscriber") this.#size -= 1;
    if (entry.kind === "subscriber") this.#size += 1;
    this.#byAor.set(entry.aor, entry);
  }

  #insistOpen(): void {
    if (this.#isClosed) throw new ServerError("directory-unreachable", "memory directory: closed");
  }
}
