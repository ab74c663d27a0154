import type { Endpoint } from "../base/endpoint.ts";
import { because, type Cause } from "../causes/index.ts";
import { AnswerCache } from "./answer-cache.ts";
import { DnsClient } from "./dns-client.ts";
import { HostsFile } from "./hosts-file.ts";
import type { NameQuestion } from "./name-question.ts";
import { inOrder } from "./service-order.ts";

const DEFAULT_PORT = 5060;

/** A TTL of zero would ask for each request; a day would outlive a move. */
const TTL_MIN_SECONDS = 1;
const TTL_MAX_SECONDS = 3_600;
/** How long "there is none" is believed. */
const NONE_SECONDS = 30;
/** How long a name server that fails is left alone about that name. */
const FAILED_SECONDS = 3;

const TRY_MS = 1_000;

/** More places than that are not tried. */
const PLACES_MAX = 16;

/** What a resolver works with; only tests name servers or a hosts file. */
export interface ResolverOptions {
  /** Answers remembered. */
  readonly cacheEntries: number;
  readonly nowMs: () => number;
  /** From 0 up to 1: draws among SRV records of one priority. */
  readonly fraction: () => number;
  /** Name servers as `address:port`; undefined: those of the system. */
  readonly servers?: readonly string[] | undefined;
  readonly hostsPath?: string;
  /** How long the first try waits for a name server. */
  readonly tryMs?: number;
}

/** Turns names into places: the hosts file, SRV, A and AAAA. The RFC 3263 machine that asks it is `routing`'s. */
export interface NameResolver {
  /** Places in the order to try them, or why there are none. Never rejects; the slowest takes about six seconds. */
  resolve(question: NameQuestion): Promise<readonly Endpoint[] | Cause>;
  close(): void;
}

/** A resolver with a cache of its own, asking the system's name servers. */
export function createResolver(options: ResolverOptions): NameResolver {
  return new CachingResolver(options);
}

interface Answer {
  readonly places: readonly Endpoint[];
  readonly ttlSeconds: number;
  /** Why there are no places. */
  readonly detail: string;
}

class CachingResolver implements NameResolver {
  readonly #options: ResolverOptions;
  readonly #client: DnsClient;
  readonly #hosts: HostsFile;
  readonly #cache: AnswerCache<Answer>;
  /** Asked and not answered yet: a hundred calls to one name are one question. */
  readonly #asking = new Map<string, Promise<Answer>>();

  constructor(options: ResolverOptions) {
    this.#options = options;
    this.#client = new DnsClient(options.servers, options.tryMs ?? TRY_MS);
    this.#hosts = new HostsFile(options.hostsPath ?? "/etc/hosts");
    this.#cache = new AnswerCache(options.cacheEntries);
  }

  async resolve(question: NameQuestion): Promise<readonly Endpoint[] | Cause> {
    const name = question.name.toLowerCase().replace(/\.$/, "");
    const key = `${name} ${question.port ?? ""} ${question.transport}`;
    const answer =
      this.#cache.find(key, this.#options.nowMs()) ?? (await this.#ask(key, { ...question, name }));
    if (answer.places.length > 0) return answer.places;
    return because("next-hop-unresolvable", 503, { target: name, detail: answer.detail });
  }

  close(): void {
    this.#client.close();
  }

  #ask(key: string, question: NameQuestion): Promise<Answer> {
    const asking = this.#asking.get(key);
    if (asking !== undefined) return asking;
    const answer = this.#answer(question).then((found) => {
      this.#asking.delete(key);
      this.#cache.keep(key, found, this.#options.nowMs() + 1_000 * found.ttlSeconds);
      return found;
    });
    this.#asking.set(key, answer);
    return answer;
  }

  async #answer(question: NameQuestion): Promise<Answer> {
    const { name, port, transport } = question;
    const local = await this.#hosts.addressesOf(name);
    if (local !== undefined) {
      return {
        places: local.map((address) => ({ transport, address, port: port ?? DEFAULT_PORT })),
        ttlSeconds: TTL_MIN_SECONDS,
        detail: "",
      };
    }
    if (port !== undefined) return this.#places(question, port);
    return this.#services(question);
  }

  /** RFC 3263 §4.2: SRV of the name for that transport; where there is none, the name's own addresses. */
  async #services(question: NameQuestion): Promise<Answer> {
    const { name, transport } = question;
    const service = `_sip._${transport}.${name}`;
    const found = await this.#client.services(service);
    if (found.kind === "none") return this.#places(question, DEFAULT_PORT);
    if (found.kind === "failed") return nowhere(`${service}: ${found.detail}`, FAILED_SECONDS);
    const records = inOrder(found.records, this.#options.fraction).slice(0, PLACES_MAX);
    if (records.every((record) => record.name === "")) {
      // One record with the root as its target (RFC 2782).
      return nowhere(`${service}: the domain says that it offers no such service`, NONE_SECONDS);
    }
    const answers = await Promise.all(
      records.map((record) => this.#places({ ...question, name: record.name }, record.port)),
    );
    const places = answers.flatMap((answer) => answer.places);
    if (places.length === 0) {
      return nowhere(answers.map(({ detail }) => detail).join("; "), FAILED_SECONDS);
    }
    const ttlSeconds = Math.min(found.ttlSeconds, ...answers.map((answer) => answer.ttlSeconds));
    return { places: places.slice(0, PLACES_MAX), ttlSeconds, detail: "" };
  }

  /** IPv4 before IPv6: of the two, it is the one that a SIP peer with both is sure to listen on. */
  async #places({ name, transport }: NameQuestion, port: number): Promise<Answer> {
    const [ipv4, ipv6] = await Promise.all([
      this.#client.addresses(name, 4),
      this.#client.addresses(name, 6),
    ]);
    const places: Endpoint[] = [];
    let ttlSeconds = TTL_MAX_SECONDS;
    for (const answer of [ipv4, ipv6]) {
      if (answer.kind !== "records") continue;
      ttlSeconds = Math.min(ttlSeconds, answer.ttlSeconds);
      for (const address of answer.records) places.push({ transport, address, port });
    }
    if (places.length > 0) {
      return { places, ttlSeconds: Math.max(TTL_MIN_SECONDS, ttlSeconds), detail: "" };
    }
    if (ipv4.kind === "failed") return nowhere(`${name}: ${ipv4.detail}`, FAILED_SECONDS);
    if (ipv6.kind === "failed") return nowhere(`${name}: ${ipv6.detail}`, FAILED_SECONDS);
    const isMissing = ipv4.kind === "none" && ipv4.detail.startsWith("NXDOMAIN");
    const detail = isMissing ? ipv4.detail : "the name has neither A nor AAAA records";
    return nowhere(`${name}: ${detail}`, NONE_SECONDS);
  }
}

function nowhere(detail: string, ttlSeconds: number): Answer {
  return { places: [], ttlSeconds, detail };
}
