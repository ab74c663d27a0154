import { readFile, stat } from "node:fs/promises";

const LOCALHOST = ["127.0.0.1", "::1"];

/** The names that this machine knows by itself; read again whenever the file has changed. */
export class HostsFile {
  readonly #path: string;
  #changedMs = -1;
  #byName: ReadonlyMap<string, readonly string[]> = new Map();

  constructor(path: string) {
    this.#path = path;
  }

  /** The addresses of a lower-case name, in the file's order; undefined when only the DNS can know. */
  async addressesOf(name: string): Promise<readonly string[] | undefined> {
    await this.#refresh();
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    // Never asked outside (RFC 6761 §6.3).
    return name === "localhost" || name.endsWith(".localhost") ? LOCALHOST : undefined;
  }

  async #refresh(): Promise<void> {
    try {
      const { mtimeMs } = await stat(this.#path);
      if (mtimeMs === this.#changedMs) return;
      this.#byName = parseHosts(await readFile(this.#path, "utf8"));
      this.#changedMs = mtimeMs;
    } catch {
      // A machine need not have one.
      this.#byName = new Map();
    }
  }
}

/** `address name name… # comment`, one address a line. */
function parseHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const byName = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [address = "", ...names] = (line.split("#")[0] ?? "").trim().split(/\s+/);
    for (const name of names) {
      const addresses = byName.get(name.toLowerCase()) ?? [];
      if (!addresses.includes(address)) addresses.push(address);
      byName.set(name.toLowerCase(), addresses);
    }
  }
  return byName;
}
