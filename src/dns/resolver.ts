import type { DnsAnswer, DnsQuestion } from "../base/dns.ts";
import { AnswerCache } from "./answer-cache.ts";
import { DnsClient, type ServerAnswer } from "./dns-client.ts";
import { HostsFile } from "./hosts-file.ts";

/** A TTL of zero would ask for each request; a day would outlive a move. */
const TTL_MIN_SECONDS = 1;
const TTL_MAX_SECONDS = 3_600;
/** Nothing is believed absent for longer, whatever its zone says (RFC 2308 §5 allows hours; phones wait for us). */
const NEGATIVE_TTL_MAX_SECONDS = 300;
/** How long a name server that fails is left alone about that question (RFC 2308 §7: at most five minutes). */
const FAILED_SECONDS = 3;
const HOSTS_TTL_SECONDS = 1;

const TRY_MS = 1_000;

/** What a resolver works with; only tests name servers or a hosts file. */
export interface ResolverOptions {
  /** Answers remembered. */
  readonly cacheEntries: number;
  readonly nowMs: () => number;
  /** Name servers as `address:port`; undefined: those of the system. */
  readonly servers?: readonly string[] | undefined;
  readonly hostsPath?: string;
  /** How long the first try waits for a name server. */
  readonly tryMs?: number;
}

/** An answer, until when it stands, and whose it is. */
export type KnownAnswer = DnsAnswer & {
  readonly ttlSeconds: number;
  readonly untilMs: number;
  /** `192.0.2.53:53`, "hosts", or "" when nobody answered. */
  readonly source: string;
};

/** Answers questions to the DNS, with a cache; what they mean for SIP is `routing`'s. */
export interface NameResolver {
  /** At once when it is known. Never rejects; the slowest takes five seconds. */
  ask(question: DnsQuestion): KnownAnswer | Promise<KnownAnswer>;
  close(): void;
}

/** A resolver with a cache of its own, asking the system's name servers. */
export function createResolver(options: ResolverOptions): NameResolver {
  return new CachingResolver(options);
}

class CachingResolver implements NameResolver {
  readonly #options: ResolverOptions;
  readonly #client: DnsClient;
  readonly #hosts: HostsFile;
  readonly #cache: AnswerCache<KnownAnswer>;
  /** Asked and not answered yet: a hundred calls to one name are one question. */
  readonly #asking = new Map<string, Promise<KnownAnswer>>();

  constructor(options: ResolverOptions) {
    const { servers, tryMs = TRY_MS, hostsPath = "/etc/hosts", cacheEntries, nowMs } = options;
    this.#options = options;
    this.#client = new DnsClient(servers, tryMs, nowMs);
    this.#hosts = new HostsFile(hostsPath);
    this.#cache = new AnswerCache(cacheEntries);
  }

  ask(question: DnsQuestion): KnownAnswer | Promise<KnownAnswer> {
    const key = `${question.type} ${question.name}`;
    return (
      this.#cache.find(key, this.#options.nowMs()) ??
      this.#asking.get(key) ??
      this.#learn(key, question)
    );
  }

  close(): void {
    this.#client.close();
  }

  #learn(key: string, question: DnsQuestion): Promise<KnownAnswer> {
    const learnt = this.#answer(question)
      .catch((error: unknown) => this.#noSocket(error))
      .then((known) => {
        this.#asking.delete(key);
        this.#cache.keep(key, known, known.untilMs);
        return known;
      });
    this.#asking.set(key, learnt);
    return learnt;
  }

  /** The system gave us no socket to ask with; it may again in a moment. */
  #noSocket(error: unknown): KnownAnswer {
    const detail = error instanceof Error ? error.message : String(error);
    const untilMs = this.#options.nowMs() + 1_000 * FAILED_SECONDS;
    return { kind: "failed", detail, ttlSeconds: FAILED_SECONDS, untilMs, source: "" };
  }

  async #answer(question: DnsQuestion): Promise<KnownAnswer> {
    const local = await this.#hosts.addressesOf(hostOf(question));
    const { answer, server, ttlSeconds } =
      local === undefined ? await this.#client.ask(question) : hostsAnswer(question, local);
    const believedSeconds = believed(answer, ttlSeconds);
    const untilMs = this.#options.nowMs() + 1_000 * believedSeconds;
    return { ...answer, ttlSeconds: believedSeconds, untilMs, source: server };
  }
}

/** `_sip._udp.gateway` is about `gateway`, which may stand in the hosts file; then nobody outside is asked at all. */
function hostOf({ type, name }: DnsQuestion): string {
  if (type !== "SRV") return name;
  return name
    .split(".")
    .filter((label) => !label.startsWith("_"))
    .join(".");
}

function hostsAnswer({ type }: DnsQuestion, addresses: readonly string[]): ServerAnswer {
  const records = addresses
    .filter((address) => type === (address.includes(":") ? "AAAA" : "A"))
    .map((address) => ({ type: type === "AAAA" ? ("AAAA" as const) : ("A" as const), address }));
  const answer: DnsAnswer =
    records.length > 0
      ? { kind: "records", records }
      : { kind: "none", detail: `the hosts file has no ${type} record` };
  return { answer, ttlSeconds: HOSTS_TTL_SECONDS, server: "hosts" };
}

/** Without an SOA record an absence is not to be cached (RFC 2308 §5); a second keeps a crowd away. */
function believed({ kind }: DnsAnswer, ttlSeconds: number | undefined): number {
  if (kind === "failed" || kind === "silent") return FAILED_SECONDS;
  const highest = kind === "none" ? NEGATIVE_TTL_MAX_SECONDS : TTL_MAX_SECONDS;
  return Math.max(TTL_MIN_SECONDS, Math.min(ttlSeconds ?? TTL_MIN_SECONDS, highest));
}
