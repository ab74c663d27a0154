import { createSocket } from "node:dgram";
import { familyOf, isWildcard } from "./addresses.ts";
import { literalLookup } from "./literal-lookup.ts";

const ROUTES_KEPT = 4096;

/**
 * Which of our addresses the kernel would send from towards each destination.
 *
 * A UDP socket that is connected sends nothing, yet the kernel has looked the route up and says so in its local
 * address. That is the same choice it makes for each datagram from a socket that is bound to the wildcard.
 */
export class LocalRoutes {
  readonly #byRemote = new Map<string, string>();

  /** About 60 µs for a new destination, a map look-up after that; undefined when there is no route. */
  towards(remoteAddress: string): string | undefined {
    const known = this.#byRemote.get(remoteAddress);
    if (known !== undefined) return known;
    const local = askKernel(remoteAddress);
    if (local === undefined) return undefined;
    if (this.#byRemote.size >= ROUTES_KEPT) this.#byRemote.clear();
    this.#byRemote.set(remoteAddress, local);
    return local;
  }

  /** Routes change: the owner forgets them now and then. */
  forget(): void {
    this.#byRemote.clear();
  }
}

function askKernel(remoteAddress: string): string | undefined {
  const family = familyOf(remoteAddress);
  if (family === undefined) return undefined;
  const probe = createSocket({ type: family === "ipv6" ? "udp6" : "udp4", lookup: literalLookup });
  // A refused connect is told in a later tick too; what counts is that the address stays the wildcard.
  probe.on("error", () => undefined);
  try {
    probe.bind({ port: 0, exclusive: true });
    // Port 9 is "discard"; any would do, since nothing is sent.
    probe.connect(9, remoteAddress);
    const { address } = probe.address();
    return isWildcard(address) ? undefined : address;
  } catch {
    // The family is not there, or no route leads to that address: what the caller then sends will say so.
    return undefined;
  } finally {
    probe.close();
  }
}
