import { networkInterfaces } from "node:os";
import { digestAlgorithms } from "../base/credential.ts";
import type { Endpoint } from "../base/endpoint.ts";
import type { ProbeConfig, ServerConfig } from "./types.ts";

/** The port of SIP over UDP and TCP (RFC 3261 §19.1.2). */
export const DEFAULT_PORT = 5060;

const MIB = 1024 * 1024;
const DAY_MS = 24 * 3_600_000;

/** What holds where neither file nor flags say otherwise. All defaults of the server stand here. */
export const defaults: Omit<ServerConfig, "listen"> = {
  domains: [],
  http: "off",
  auth: "digest",
  strangers: "honest",
  forceRport: false,
  advertise: undefined,
  data: undefined,
  // More than three minutes (RFC 3261 §16.6 step 11); a little more, so that a callee's own 180 s come first.
  timers: { timerCMs: 185_000 },
  registrar: {
    defaultExpiresSeconds: 3_600,
    minExpiresSeconds: 60,
    maxExpiresSeconds: 7_200,
    bindingsPerAor: 10,
  },
  digest: {
    nonceLifetimeMs: 300_000,
    algorithms: digestAlgorithms,
    // Seen to end a registration at the first challenge that is not MD5: baresip 1.0, SIPp 3.6.
    md5OnlyFor: ["baresip", "SIPp"],
  },
  // As long as a phone that redials gives up in between; a server that came back is found again by the next caller.
  dns: { servers: undefined, avoidDeadMs: 30_000 },
  nextHops: {},
  gateways: [],
  numbers: { country: undefined },
  routes: [],
  cases: { records: 100_000, sizeBytes: 64 * MIB, ageMs: 7 * DAY_MS },
  limits: {
    // 5,000 calls/s linger for 32 s: 160,000; three times that.
    transactions: 500_000,
    questionMs: 5_000,
    branchesPerRequest: 12,
    dnsCacheEntries: 10_000,
    messageSizeBytes: 65_535,
    headerSizeBytes: 49_152,
    connections: 20_000,
    connectionsPerAddress: 1_000,
    // Well inside Timer B (32 s), so that there is time for the next place to try.
    connectTimeoutMs: 5_000,
    firstMessageMs: 10_000,
    // Time for 64 KB over the slowest link; TCP itself repairs what was lost within that.
    messageMs: 30_000,
    // Longer than the longest registration, so that a phone behind its own connection stays reachable.
    idleMs: 7_500_000,
    writeQueueBytes: MIB,
    writeStallMs: 30_000,
    flowsKept: 50_000,
    datagramsQueued: 1_000,
    receiveBufferBytes: 4 * MIB,
    watchedDestinations: 64,
    watchMs: 40_000,
  },
};

/** Of a gateway that is probed. One that dies is known after half a minute and a second on average. */
export const probeDefaults: ProbeConfig = {
  everyMs: 30_000,
  // Less than a caller waits; retransmissions of RFC 3261 §17.1.2.2 go out at 0.5, 1.5 and 3.5 s.
  timeoutMs: 4_000,
  downAfter: 2,
  upAfter: 1,
};

/** UDP and TCP on 5060 of every IPv4 and every IPv6 address; without IPv6 where this machine has none. */
export function defaultListen(): readonly Endpoint[] {
  const addresses = hasIpv6() ? ["0.0.0.0", "::"] : ["0.0.0.0"];
  return addresses.flatMap((address): Endpoint[] => [
    { transport: "udp", address, port: DEFAULT_PORT },
    { transport: "tcp", address, port: DEFAULT_PORT },
  ]);
}

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((list) =>
    list?.some(({ family }) => family === "IPv6"),
  );
}
