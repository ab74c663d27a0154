import { Resolver, type SrvRecord } from "node:dns";

const TRIES = 2;

/** Node does not give the TTL of SRV records. A minute is what operators who fail over by DNS count on. */
const SRV_TTL_SECONDS = 60;

/** Records, none of that kind, or a failure in words. */
export type DnsAnswer<Record> =
  | { readonly kind: "records"; readonly records: readonly Record[]; readonly ttlSeconds: number }
  /** The name is not there, or has none of that kind. */
  | { readonly kind: "none"; readonly detail: string }
  | { readonly kind: "failed"; readonly detail: string };

/** What we ask the name servers, as values: nothing rejects. */
export class DnsClient {
  readonly #resolver: Resolver;

  /** `servers` as `address` or `address:port`; undefined: those of the system. The second try waits longer. */
  constructor(servers: readonly string[] | undefined, tryMs: number) {
    this.#resolver = new Resolver({ timeout: tryMs, tries: TRIES });
    if (servers !== undefined) this.#resolver.setServers(servers);
  }

  addresses(name: string, family: 4 | 6): Promise<DnsAnswer<string>> {
    return new Promise((resolve) => {
      const answer = (
        error: NodeJS.ErrnoException | null,
        found: { readonly address: string; readonly ttl: number }[],
      ): void => {
        if (error !== null) resolve(failure(error, family === 4 ? "A" : "AAAA"));
        else {
          const ttlSeconds = Math.min(...found.map(({ ttl }) => ttl));
          resolve({ kind: "records", records: found.map(({ address }) => address), ttlSeconds });
        }
      };
      if (family === 4) this.#resolver.resolve4(name, { ttl: true }, answer);
      else this.#resolver.resolve6(name, { ttl: true }, answer);
    });
  }

  services(name: string): Promise<DnsAnswer<SrvRecord>> {
    return new Promise((resolve) => {
      this.#resolver.resolveSrv(name, (error, records) => {
        if (error !== null) resolve(failure(error, "SRV"));
        else resolve({ kind: "records", records, ttlSeconds: SRV_TTL_SECONDS });
      });
    });
  }

  close(): void {
    this.#resolver.cancel();
  }
}

function failure(error: NodeJS.ErrnoException, type: string): DnsAnswer<never> {
  switch (error.code) {
    case "ENOTFOUND":
      return { kind: "none", detail: "NXDOMAIN: there is no such name" };
    case "ENODATA":
      return { kind: "none", detail: `the name has no ${type} record` };
    case "ESERVFAIL":
      return { kind: "failed", detail: "SERVFAIL: the name server could not answer" };
    case "EREFUSED":
      return { kind: "failed", detail: "REFUSED: the name server does not answer us" };
    case "ETIMEOUT":
      return { kind: "failed", detail: `no name server answered, ${TRIES} tries` };
    case "ECONNREFUSED":
      return { kind: "failed", detail: "no name server listens where one should" };
    case "EBADNAME":
      return { kind: "none", detail: "that is not a domain name" };
    case undefined:
    default:
      return { kind: "failed", detail: error.code ?? error.message };
  }
}
