import { randomInt } from "node:crypto";
import type { DnsAnswer, DnsQuestion, DnsRecord } from "../base/dns.ts";
import { overTcp, overUdp, type Exchanged } from "./exchange.ts";
import { encodeQuery, type DnsResponse } from "./message.ts";
import { NameServers, type NameServer } from "./name-servers.ts";

/** Each server is asked so often; the second try waits twice as long. */
const ROUNDS = 2;
/** One question takes no longer than this, however many servers are silent. */
const QUESTION_MS = 5_000;
/** Beyond that new questions fail at once: the name servers are not keeping up. */
const QUESTIONS_AT_ONCE_MAX = 512;
/** Steps from a name to its true name. */
const CNAMES_MAX = 8;
/** Records of one answer that are kept. */
const RECORDS_MAX = 64;

const FORMAT_ERROR = 1;
const NAME_ERROR = 3;

/** An answer as it came: how long it may be believed, and whose it is. */
export interface ServerAnswer {
  readonly answer: DnsAnswer;
  /** undefined: nobody said. */
  readonly ttlSeconds: number | undefined;
  /** `192.0.2.53:53`; "" when none answered. */
  readonly server: string;
}

/** Asks name servers over UDP, and over TCP where an answer is too long for it. Nothing rejects. */
export class DnsClient {
  readonly #servers: NameServers;
  readonly #tryMs: number;
  readonly #nowMs: () => number;
  readonly #open = new Set<() => void>();
  #isClosed = false;

  constructor(servers: readonly string[] | undefined, tryMs: number, nowMs: () => number) {
    this.#servers = new NameServers(servers);
    this.#tryMs = tryMs;
    this.#nowMs = nowMs;
  }

  async ask(question: DnsQuestion): Promise<ServerAnswer> {
    if (this.#open.size >= QUESTIONS_AT_ONCE_MAX) {
      return nothing("failed", `${QUESTIONS_AT_ONCE_MAX} questions wait for the name servers`);
    }
    const servers = this.#servers.at(this.#nowMs());
    if (servers.length === 0) return nothing("silent", "this machine names no name server");
    const startedMs = performance.now();
    let fault = "";
    let said: ServerAnswer | undefined;
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const server of servers) {
        const leftMs = QUESTION_MS - (performance.now() - startedMs);
        if (leftMs <= 0 || this.#isClosed) break;
        const waitMs = Math.min(this.#tryMs * round, leftMs);
        // oxlint-disable-next-line no-await-in-loop -- one server after another
        const response = await this.#askServer(server, question, waitMs);
        if (response === undefined) return nothing("none", "that is not a domain name");
        if (typeof response === "string") fault = response;
        else {
          const answer = answerOf(response, question, serverText(server));
          if (answer.answer.kind !== "failed") return answer;
          said = answer;
        }
      }
      // A server that says it cannot will say so again.
      if (said !== undefined) return said;
    }
    return nothing("silent", `${fault}, ${ROUNDS} tries`);
  }

  close(): void {
    this.#isClosed = true;
    for (const cancel of this.#open) cancel();
  }

  /** Undefined: the question cannot be asked. */
  async #askServer(
    server: NameServer,
    question: DnsQuestion,
    waitMs: number,
  ): Promise<Exchanged | undefined> {
    const id = randomInt(0x1_0000);
    const query = encodeQuery(id, question, { edns: true });
    const plain = encodeQuery(id, question, { edns: false });
    if (query === undefined || plain === undefined) return undefined;
    const exchange = { server, waitMs, open: this.#open };
    let response = await overUdp({ ...exchange, query });
    // Servers from before EDNS take its record for a mistake (RFC 6891 §7).
    if (typeof response !== "string" && response.responseCode === FORMAT_ERROR) {
      response = await overUdp({ ...exchange, query: plain });
    }
    if (typeof response === "string" || !response.isTruncated) return response;
    return overTcp({ ...exchange, query });
  }
}

function nothing(kind: "failed" | "silent" | "none", detail: string): ServerAnswer {
  return { answer: { kind, detail }, ttlSeconds: undefined, server: "" };
}

/** The records of that type under the name asked for, or under its true name. */
function answerOf(
  response: DnsResponse,
  { type, name }: DnsQuestion,
  server: string,
): ServerAnswer {
  const { responseCode, answers, negativeTtlSeconds } = response;
  if (responseCode !== 0 && responseCode !== NAME_ERROR) {
    const detail =
      responseTexts[responseCode] ?? `the name server answered with code ${responseCode}`;
    return { answer: { kind: "failed", detail }, ttlSeconds: undefined, server };
  }
  let owner = name;
  let ttlSeconds = Infinity;
  for (let step = 0; step <= CNAMES_MAX; step += 1) {
    const records: DnsRecord[] = [];
    let next: string | undefined;
    for (const record of answers) {
      if (record.name !== owner) continue;
      const { data } = record;
      if (data.type === type && records.length < RECORDS_MAX) records.push(data);
      else if (data.type === "CNAME") next = data.target;
      else continue;
      ttlSeconds = Math.min(ttlSeconds, record.ttlSeconds);
    }
    if (records.length > 0) return { answer: { kind: "records", records }, ttlSeconds, server };
    if (next === undefined) break;
    owner = next;
  }
  const detail =
    responseCode === NAME_ERROR
      ? "NXDOMAIN: there is no such name"
      : `the name has no ${type} record`;
  return { answer: { kind: "none", detail }, ttlSeconds: negativeTtlSeconds, server };
}

const responseTexts: Readonly<Record<number, string>> = {
  1: "FORMERR: the name server cannot read the question",
  2: "SERVFAIL: the name server could not answer",
  4: "NOTIMP: the name server does not know that type",
  5: "REFUSED: the name server does not answer us",
};

function serverText({ address, port }: NameServer): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
