import assert from "node:assert/strict";
import { answerChallenge, credentialOf } from "../../src/auth/index.ts";
import type { Endpoint, TransportName } from "../../src/base/endpoint.ts";
import { seededRandom } from "../../src/base/random.ts";
import { memoryDirectory, type Directory, type DirectoryEntry } from "../../src/directory/index.ts";
import { memoryLocationStore, type Binding, type LocationStore } from "../../src/location/index.ts";
import {
  Header,
  parseAor,
  parseMessage,
  type Aor,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from "../../src/message/index.ts";
import { createServer, type ServerSettings, type SipServer } from "../../src/server/index.ts";
import { SimulatedNetwork, VirtualTime } from "../../src/testing/index.ts";
import type { TraceRecord } from "../../src/trace/index.ts";
import type { Flow, TransportEvents, TransportLayer } from "../../src/transport/index.ts";

export const SERVER_ADDRESS = "192.0.2.100";
/** Bob's device, and the proxy that answers for elsewhere.net. */
export const BOB_ADDRESS = "192.0.2.7";
export const ELSEWHERE_ADDRESS = "203.0.113.9";
export const CALLER_ADDRESS = "198.51.100.1";

const settings: ServerSettings = {
  domains: ["example.org", "example.com"],
  auth: "digest",
  strangers: "honest",
  forceRport: false,
  timerCMs: 185_000,
  branchesPerRequest: 12,
  bindingsPerAor: 10,
  defaultExpiresSeconds: 3600,
  minExpiresSeconds: 60,
  maxExpiresSeconds: 7200,
  nonceLifetimeMs: 300_000,
  advertisedHosts: [],
  limits: { transactions: 1_000, questionMs: 1_000 },
};

export function aor(text: string): Aor {
  const parsed = parseAor(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

/** What a test says about a request; the rest is a stranger's first INVITE to Bob. */
export interface Sent {
  readonly method?: string;
  readonly uri?: string;
  readonly from?: string;
  readonly to?: string;
  readonly toTag?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly branch?: string;
  readonly route?: readonly string[];
  readonly fields?: readonly string[];
}

/** Somebody on the network who writes by hand and answers nothing by itself. */
export class Peer implements TransportEvents {
  readonly received: SipMessage[] = [];
  readonly #layer: TransportLayer;
  readonly #world: Domain;
  readonly #endpoint: Endpoint;

  constructor(world: Domain, address: string, transport: TransportName = "udp", port = 5060) {
    this.#world = world;
    this.#endpoint = { transport, address, port };
    this.#layer = world.network.layer([this.#endpoint]);
  }

  async open(): Promise<this> {
    await this.#layer.open(this);
    return this;
  }

  get requests(): readonly SipRequest[] {
    return this.received.filter((one) => one.kind === "request");
  }

  get responses(): readonly SipResponse[] {
    return this.received.filter((one) => one.kind === "response");
  }

  /** The text of a request from here; nothing is sent. */
  text(sent: Sent = {}): string {
    const method = sent.method ?? "INVITE";
    const uri = sent.uri ?? "sip:bob@example.org";
    const to = sent.to ?? "sip:bob@example.org";
    const { transport, address, port } = this.#endpoint;
    const number = this.#world.nextNumber();
    return [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/${transport.toUpperCase()} ${address}:${port};branch=${sent.branch ?? `z9hG4bK${number}`}`,
      "Max-Forwards: 70",
      `From: <${sent.from ?? "sip:dora@elsewhere.net"}>;tag=f1`,
      `To: <${to}>${sent.toTag === undefined ? "" : `;tag=${sent.toTag}`}`,
      `Call-ID: ${sent.callId ?? `call-${number}`}`,
      `CSeq: ${sent.cseq ?? 1} ${method}`,
      ...(sent.route ?? []).map((route) => `Route: ${route}`),
      ...(sent.fields ?? []),
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n");
  }

  /** Sends, and lets the network settle. */
  async send(text: string): Promise<void> {
    const { transport } = this.#endpoint;
    const flow = this.#layer.flowTo({ transport, address: SERVER_ADDRESS, port: 5060 });
    assert.ok(!(flow instanceof Error));
    this.#layer.send(flow, text, 0);
    await this.#world.time.passes(50);
  }

  /** Sends, and gives what came back for it in the end: the final response, or none. */
  async ask(sent: Sent = {}): Promise<SipResponse | undefined> {
    const before = this.responses.length;
    await this.send(this.text(sent));
    return this.responses.slice(before).find(({ statusCode }) => statusCode >= 200);
  }

  /** The same with credentials: asks, is challenged, and asks again. */
  async askAs(
    username: string,
    password: string,
    sent: Sent = {},
  ): Promise<SipResponse | undefined> {
    const callId = sent.callId ?? `call-${this.#world.nextNumber()}`;
    const cseq = sent.cseq ?? 1;
    const challenged = await this.ask({ ...sent, callId, cseq });
    assert.ok(challenged !== undefined, "a final response came");
    const isProxy = challenged.statusCode === 407;
    assert.ok(isProxy || challenged.statusCode === 401, `challenged: ${challenged.statusCode}`);
    const id = isProxy ? Header.ProxyAuthenticate : Header.WwwAuthenticate;
    const method = sent.method ?? "INVITE";
    const uri = sent.uri ?? "sip:bob@example.org";
    const answer = answerChallenge(challenged.values(id), {
      username,
      password,
      method,
      uri,
      cnonce: "0a4f113b",
    });
    assert.ok(answer !== undefined);
    const name = isProxy ? "Proxy-Authorization" : "Authorization";
    const fields = [...(sent.fields ?? []), `${name}: ${answer}`];
    return this.ask({ ...sent, callId, cseq: cseq + 1, fields });
  }

  /** Answers a request that came here. */
  async respond(
    request: SipRequest,
    statusLine: string,
    fields: readonly string[] = [],
  ): Promise<void> {
    const copied = [
      Header.Via,
      Header.From,
      Header.To,
      Header.CallId,
      Header.Cseq,
      Header.RecordRoute,
    ];
    const names = ["Via", "From", "To", "Call-ID", "CSeq", "Record-Route"];
    const lines = copied.flatMap((id, at) =>
      request.values(id).map((value) => {
        const tag = id === Header.To && request.toTag === undefined ? ";tag=t1" : "";
        return `${names[at]}: ${value}${tag}`;
      }),
    );
    await this.send(
      [`SIP/2.0 ${statusLine}`, ...lines, ...fields, "Content-Length: 0", "", ""].join("\r\n"),
    );
  }

  datagram(text: string): void {
    this.message(text);
  }

  message(text: string): void {
    const parsed = parseMessage(text);
    assert.ok(parsed.kind !== "malformed", text);
    this.received.push(parsed);
  }

  unframable(): void {}
  sendFailed(): void {}
  closed(_flow: Flow): void {}
}

function user(name: string, domain = "example.org"): DirectoryEntry {
  const credential = credentialOf(name, domain, `secret of ${name}`);
  return { kind: "subscriber", aor: aor(`${name}@${domain}`), credential };
}

function alias(name: string, target: string): DirectoryEntry {
  return { kind: "alias", aor: aor(`${name}@example.org`), target };
}

/** What the server is given instead of the stores themselves. */
export interface ServedStores {
  readonly directory?: (inner: Directory) => Directory;
  readonly location?: (inner: LocationStore) => LocationStore;
}

/** A whole server in virtual time with Alice, Bob (who has a device), Carol (who has none) and what is around it. */
export class Domain {
  readonly time = new VirtualTime();
  readonly network = new SimulatedNetwork(this.time, seededRandom(3));
  readonly directory: Directory;
  readonly location = memoryLocationStore();
  readonly records: TraceRecord[] = [];
  readonly faults: unknown[] = [];
  /** What the operator is told of gateways. */
  readonly gatewayNews: string[] = [];
  readonly caller = new Peer(this, CALLER_ADDRESS);
  readonly bob = new Peer(this, BOB_ADDRESS);
  readonly elsewhere = new Peer(this, ELSEWHERE_ADDRESS);
  readonly layer: TransportLayer;
  readonly #stores: ServedStores;
  #server: SipServer | undefined = undefined;
  #number = 0;

  constructor(stores: ServedStores = {}) {
    this.#stores = stores;
    this.directory = memoryDirectory([
      user("alice"),
      user("bob"),
      user("carol"),
      user("alice", "example.com"),
      alias("out", "sip:dora@elsewhere.net"),
      alias("desk", "sip:bob@example.org"),
    ]);
    this.layer = this.network.layer([
      { transport: "udp", address: SERVER_ADDRESS, port: 5060 },
      { transport: "tcp", address: SERVER_ADDRESS, port: 5060 },
    ]);
  }

  get server(): SipServer {
    assert.ok(this.#server !== undefined, "the server was opened");
    return this.#server;
  }

  async open(changes: Partial<ServerSettings> = {}): Promise<this> {
    this.#server = await createServer(
      { ...settings, ...changes },
      {
        clock: this.time.clock(),
        random: seededRandom(11),
        transport: this.layer,
        directory: this.#stores.directory?.(this.directory) ?? this.directory,
        location: this.#stores.location?.(this.location) ?? this.location,
        resolver: {
          ask: ({ type }) =>
            Promise.resolve(
              type === "A"
                ? { kind: "records", records: [{ type, address: ELSEWHERE_ADDRESS }] }
                : { kind: "none", detail: `the name has no ${type} record` },
            ),
        },
        cases: { keep: (record) => this.records.push(record) },
        tokenSecret: "000102030405060708090a0b0c0d0e0f",
        localAddresses: () => [SERVER_ADDRESS],
        fault: (where, error) => this.faults.push(where, error),
        gatewayChanged: ({ name }, { state, result }) =>
          this.gatewayNews.push(`${name} ${state} ${result}`),
      },
    );
    for (const peer of [this.caller, this.bob, this.elsewhere]) {
      // oxlint-disable-next-line no-await-in-loop
      await peer.open();
    }
    await this.register("bob@example.org", `sip:bob@${BOB_ADDRESS}`);
    return this;
  }

  async register(
    address: string,
    contactUri: string,
    changes: Partial<Binding> = {},
  ): Promise<void> {
    const nowMs = this.time.nowMs;
    const { version, bindings } = await this.location.lookup(aor(address), nowMs);
    const binding: Binding = {
      contactUri,
      callId: "r1",
      cseq: 1,
      qMilli: 1000,
      expiresAtMs: nowMs + 3_600_000,
      updatedAtMs: nowMs,
      path: [],
      source: `udp:${BOB_ADDRESS}:5060`,
      ...changes,
    };
    await this.location.replace(aor(address), version, [...bindings, binding], nowMs);
  }

  nextNumber(): number {
    this.#number += 1;
    return this.#number;
  }

  /** The cause of the request that ended last, as the operator gets it. */
  get lastCauseId(): string {
    return this.records.at(-1)?.causeId ?? "";
  }
}
