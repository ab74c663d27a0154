import { Resolver } from "node:dns";

export interface NameServer {
  readonly address: string;
  readonly port: number;
}

const DNS_PORT = 53;
/** /etc/resolv.conf changes when a machine moves to another network; it is read again after so long. */
const READ_AGAIN_MS = 30_000;
/** More than that are never asked about one name; the C library stops there too. */
const SERVERS_MAX = 3;

/** Which name servers are asked, in their order: those given, or those of the system. */
export class NameServers {
  readonly #given: readonly NameServer[] | undefined;
  #ofSystem: readonly NameServer[] = [];
  #readAtMs = -Infinity;

  /** `given` as `address` or `address:port`. */
  constructor(given: readonly string[] | undefined) {
    this.#given = given?.map(serverOf);
  }

  at(nowMs: number): readonly NameServer[] {
    if (this.#given !== undefined) return this.#given;
    if (nowMs - this.#readAtMs >= READ_AGAIN_MS) {
      this.#readAtMs = nowMs;
      this.#ofSystem = new Resolver().getServers().slice(0, SERVERS_MAX).map(serverOf);
    }
    return this.#ofSystem;
  }
}

/** `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353` */
function serverOf(text: string): NameServer {
  const withPort = /^\[?([^\]]+)\]?:(\d+)$/.exec(text);
  const [, address = text, port] = withPort ?? [];
  const isBareIpv6 = !text.startsWith("[") && text.split(":").length > 2;
  return isBareIpv6 || port === undefined
    ? { address: text, port: DNS_PORT }
    : { address, port: Number(port) };
}
