// A whole server in virtual time, and around it peers that answer what they get, rightly or not, and send changed
// messages of every kind, over datagrams and streams. At the end nothing may be left.
import assert from "node:assert/strict";
import { credentialOf } from "../../src/auth/index.ts";
import { seededRandom } from "../../src/base/random.ts";
import { ServerError } from "../../src/causes/index.ts";
import { loadCauseContent } from "../../src/codes/index.ts";
import { memoryDirectory, type DirectoryEntry } from "../../src/directory/index.ts";
import { explain, renderExplanation } from "../../src/explain/index.ts";
import { memoryLocationStore, type Binding, type LocationStore } from "../../src/location/index.ts";
import { domainOf, parseAor, userOf } from "../../src/message/index.ts";
import { createServer, type ServerSettings, type SipServer } from "../../src/server/index.ts";
import { PERFECT, SimulatedNetwork, VirtualTime } from "../../src/testing/index.ts";
import type { TraceRecord } from "../../src/trace/index.ts";
import type { TransportEvents } from "../../src/transport/index.ts";
import { Draw } from "./draw.ts";
import { FuzzPeer, PEER_ADDRESSES, SERVER_ENDPOINT } from "./fuzz-peer.ts";
import { originalRequest } from "./originals.ts";
import { mutated } from "./mutate.ts";
import { assertNothingHeld } from "../support/held.ts";

/** Messages that one server gets, those that its peers answer with included. */
export const MESSAGES_PER_SERVER = 250;

const TIMER_C_MS = 181_000;
const BRANCHES_MAX = 12;
/** Branches tried one after another, each until Timer C and with 64*T1 for its CANCEL, and room. */
const SILENCE_MS = BRANCHES_MAX * (TIMER_C_MS + 64_000) + 100_000;
/** One message in this many is explained as well. */
const EXPLAINED_ONE_IN = 10;

const content = await loadCauseContent("en");

/** What is sent: where from, how, and when after the one before. */
interface Sending {
  readonly peer: number;
  readonly isStream: boolean;
  readonly text: string;
  readonly afterMs: number;
}

export interface ServerRun {
  /** Messages that reached the server. */
  readonly messages: number;
  readonly cases: number;
  readonly virtualMs: number;
  /** Status codes of the cases, and how often. */
  readonly statusCodes: ReadonlyMap<number, number>;
}

/** What is sent instead of what the seed draws, and where what the server got is noted. */
export interface Wishes {
  /** These alone, as datagrams, and the peers say nothing of their own. */
  readonly texts?: readonly string[];
  readonly heard?: string[];
}

/**
 * Plays one seed to its end.
 *
 * @throws AssertionError where something is left, or was thrown inside
 */
export async function fuzzServer(
  seed: number,
  vectors: readonly string[],
  { texts, heard: noted }: Wishes = {},
): Promise<ServerRun> {
  const draw = new Draw(seed);
  const time = new VirtualTime();
  const startMs = time.nowMs;
  const isBad = draw.oneIn(3);
  const network = new SimulatedNetwork(
    time,
    seededRandom(seed),
    isBad ? { lossRate: 0.1, repeatRate: 0.1, delayMinMs: 1, delayMaxMs: 700 } : PERFECT,
  );
  network.watch = ({ what, to, text }) => {
    if (what === "arrived" && to.includes(SERVER_ENDPOINT.address)) noted?.push(text);
  };
  const records: TraceRecord[] = [];
  const faults: unknown[] = [];
  const layer = network.layer([SERVER_ENDPOINT, { ...SERVER_ENDPOINT, transport: "tcp" }]);
  const open = layer.open.bind(layer);
  const heard: { events: TransportEvents | undefined } = { events: undefined };
  layer.open = (events) => {
    heard.events = events;
    return open(events);
  };
  const location = memoryLocationStore();
  await registerDevices(location, startMs);
  const directory = memoryDirectory(entries);
  const wait = waiting(time, draw.oneIn(3) ? new Draw(seed + 1) : undefined);
  const server = await createServer(
    { ...settings, auth: draw.oneIn(3) ? "digest" : "none", forceRport: draw.oneIn(4) },
    {
      clock: time.clock(),
      random: seededRandom(seed + 2),
      transport: layer,
      directory: {
        ...directory,
        find: async (aor) => {
          await wait();
          return directory.find(aor);
        },
      },
      location,
      resolver: {
        ask: async ({ type, name }) => {
          await wait();
          const at = name.length % (PEER_ADDRESSES.length + 2);
          const address = PEER_ADDRESSES[at];
          if (type !== "A" || address === undefined)
            return { kind: "none", detail: "no such name" };
          return { kind: "records", records: [{ type, address }] };
        },
      },
      cases: { keep: (record) => void records.push(record) },
      tokenSecret: "000102030405060708090a0b0c0d0e0f",
      localAddresses: () => [SERVER_ENDPOINT.address],
      // A store that did not answer in time is no bug of ours.
      fault: (where, error) => {
        if (!(error instanceof ServerError) || where === "answer") faults.push(where, error);
      },
    },
  );
  const budget = { left: texts === undefined ? MESSAGES_PER_SERVER : 0 };
  const peers = await peersOn(network, heard, { seed, budget, vectors });
  const sendings = texts === undefined ? undefined : texts.map(plainSending);
  let sent = 0;
  while (sendings === undefined ? budget.left > 0 : sent < sendings.length) {
    const next = sendings?.[sent] ?? drawn(draw, vectors, sent);
    sent += 1;
    peers[next.peer]?.send(next.text, next.isStream);
    // oxlint-disable-next-line no-await-in-loop -- virtual time
    await time.passes(next.afterMs);
    explained(server, records, time.nowMs, draw);
  }
  for (const peer of peers) peer.fallSilent();
  await time.passes(SILENCE_MS);
  assert.deepEqual(faults, [], "no exception inside");
  assert.equal(server.counters.faults, 0);
  assertNothingHeld(server);
  assert.deepEqual(server.pending(), [], "nothing is pending");
  for (const record of records) assert.ok(record.endedAtMs !== undefined, "every case has its end");
  await server.close();
  return runOf(server, records, time.nowMs - startMs);
}

const settings: ServerSettings = {
  domains: ["example.org", "example.com"],
  auth: "none",
  strangers: "honest",
  forceRport: false,
  timerCMs: TIMER_C_MS,
  branchesPerRequest: BRANCHES_MAX,
  bindingsPerAor: 4,
  defaultExpiresSeconds: 3_600,
  minExpiresSeconds: 10,
  maxExpiresSeconds: 7_200,
  nonceLifetimeMs: 60_000,
  advertisedHosts: [],
  limits: { transactions: 10_000, questionMs: 5_000 },
};

const entries: readonly DirectoryEntry[] = [
  ...["alice", "bob", "carol", "dave"].map((name) => subscriber(`${name}@example.org`)),
  { kind: "alias", aor: aorOf("desk@example.org"), target: "sip:bob@example.org" },
  { kind: "alias", aor: aorOf("loop@example.org"), target: "sip:loop@example.org" },
  { kind: "alias", aor: aorOf("out@example.org"), target: "sip:dora@elsewhere.example" },
];

function subscriber(address: string): DirectoryEntry {
  const aor = aorOf(address);
  const password = `secret of ${userOf(aor)}`;
  return {
    kind: "subscriber",
    aor,
    credential: credentialOf(userOf(aor), domainOf(aor), password),
  };
}

function aorOf(address: string): NonNullable<ReturnType<typeof parseAor>> {
  const aor = parseAor(address);
  assert.ok(aor !== undefined, address);
  return aor;
}

/** Two have a device each from the start, so that calls get somewhere; the rest is for REGISTER to do. */
async function registerDevices(location: LocationStore, nowMs: number): Promise<void> {
  for (const [at, name] of ["bob", "carol"].entries()) {
    const address = PEER_ADDRESSES[at] ?? "";
    const binding: Binding = {
      contactUri: `sip:${name}@${address}`,
      callId: `first-${name}`,
      cseq: 1,
      qMilli: 1_000,
      expiresAtMs: nowMs + 3_600_000,
      updatedAtMs: nowMs,
      path: [],
      source: `udp:${address}:5060`,
    };
    // oxlint-disable-next-line no-await-in-loop
    await location.replace(aorOf(`${name}@example.org`), 0, [binding], nowMs);
  }
}

/** How long a store or the resolver takes; sometimes longer than anybody waits. */
function waiting(time: VirtualTime, draw: Draw | undefined): () => Promise<void> {
  if (draw === undefined) return () => Promise.resolve();
  return () =>
    new Promise((resolve) => {
      time.after(draw.oneIn(20) ? 10_000 : draw.below(900), resolve);
    });
}

async function peersOn(
  network: SimulatedNetwork,
  heard: { readonly events: TransportEvents | undefined },
  rest: { seed: number; budget: { left: number }; vectors: readonly string[] },
): Promise<FuzzPeer[]> {
  const peers: FuzzPeer[] = [];
  for (const [at, address] of PEER_ADDRESSES.entries()) {
    const draw = new Draw(rest.seed + 10 + at);
    const { budget, vectors } = rest;
    const peer = new FuzzPeer({
      network,
      address,
      draw,
      budget,
      vectors,
      events: () => heard.events,
    });
    // oxlint-disable-next-line no-await-in-loop -- one after another
    await peer.open();
    peers.push(peer);
  }
  return peers;
}

function drawn(draw: Draw, vectors: readonly string[], number: number): Sending {
  const peer = draw.below(PEER_ADDRESSES.length);
  const isStream = draw.oneIn(4);
  const original = originalRequest(draw, { address: PEER_ADDRESSES[peer] ?? "", isStream, number });
  // Half come as they should: a server that refuses everything is not tried at all.
  const text = draw.oneIn(2) ? original : mutated(draw.oneIn(2) ? [original] : vectors, draw);
  const afterMs = draw.oneIn(40) ? draw.below(40_000) : draw.below(60);
  return { peer, isStream, text, afterMs };
}

function plainSending(text: string): Sending {
  return { peer: 0, isStream: false, text, afterMs: 100 };
}

/** Hostile text comes out on a terminal too: no control character may. */
function explained(
  server: SipServer,
  records: readonly TraceRecord[],
  nowMs: number,
  draw: Draw,
): void {
  if (!draw.oneIn(EXPLAINED_ONE_IN)) return;
  for (const record of [records.at(-1), server.pending()[0]]) {
    if (record === undefined) continue;
    const explanation = explain([record], { content, nowMs });
    const rendered = renderExplanation(explanation, { width: 80, colour: false });
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    assert.doesNotMatch(rendered, /[\u0000-\u0009\u000b-\u001f\u007f]/, "no control characters");
  }
}

function runOf(server: SipServer, records: readonly TraceRecord[], virtualMs: number): ServerRun {
  const statusCodes = new Map<number, number>();
  for (const { statusCode } of records) {
    statusCodes.set(statusCode, (statusCodes.get(statusCode) ?? 0) + 1);
  }
  const { requests, responses, strayResponses, malformed, keepAlives } = server.counters;
  const messages = requests + responses + strayResponses + malformed + keepAlives;
  return { messages, cases: records.length, virtualMs, statusCodes };
}
