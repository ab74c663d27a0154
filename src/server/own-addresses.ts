import type { Endpoint } from "../transport/index.ts";
import type { ServerSettings, ServerWorld } from "./world.ts";

const SIP_PORT = 5060;
/** Interfaces come and go (a laptop, DHCP): they are read again when this has passed. */
const ADDRESSES_KEPT_MS = 10_000;

/** Which hosts and ports mean this server, and which are domains it is the authority for. */
export interface OwnAddresses {
  readonly isOwnAddress: (host: string, port: number | undefined) => boolean;
  readonly serves: (host: string, port: number | undefined) => boolean;
  /** Told once, when the sockets are bound. */
  readonly listensOn: (endpoints: readonly Endpoint[]) => void;
}

export function ownAddresses(settings: ServerSettings, world: ServerWorld): OwnAddresses {
  const domains = new Set(settings.domains);
  const advertised = new Set(settings.advertisedHosts.map((host) => host.toLowerCase()));
  const listening = new Set<string>();
  const ports = new Set<number>();
  const wildcardPorts = new Set<number>();
  let local: ReadonlySet<string> = new Set();
  let readAtMs = -Infinity;

  const localAddresses = (): ReadonlySet<string> => {
    const nowMs = world.clock.nowMs();
    if (nowMs - readAtMs > ADDRESSES_KEPT_MS) {
      readAtMs = nowMs;
      local = new Set(world.localAddresses());
    }
    return local;
  };
  const isOwnAddress = (host: string, given: number | undefined): boolean => {
    const port = given ?? SIP_PORT;
    if (!ports.has(port)) return false;
    const address = withoutBrackets(host).toLowerCase();
    if (listening.has(`${address} ${port}`) || advertised.has(address)) return true;
    return wildcardPorts.has(port) && localAddresses().has(address);
  };
  return {
    isOwnAddress,
    serves: (host, port) => {
      // A port that is not ours names another element on the same host: a device on the server's own machine.
      if (port !== undefined && port !== SIP_PORT && !ports.has(port)) return false;
      const domain = host.toLowerCase();
      return domains.has(domain.endsWith(".") ? domain.slice(0, -1) : domain);
    },
    listensOn: (endpoints) => {
      for (const { address, port } of endpoints) {
        ports.add(port);
        listening.add(`${address.toLowerCase()} ${port}`);
        if (address === "0.0.0.0" || address === "::") wildcardPorts.add(port);
      }
    },
  };
}

function withoutBrackets(host: string): string {
  return host.startsWith("[") ? host.slice(1, -1) : host;
}
