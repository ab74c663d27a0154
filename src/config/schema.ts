import { isIP } from "node:net";
import { z } from "zod";
import { digestAlgorithms } from "../base/credential.ts";
import { DEFAULT_PORT, defaultListen, defaults } from "./defaults.ts";
import { gateways, nextHops, numbers, routes } from "./hops-schema.ts";
import { HTTP_ACCEPTED, LISTEN_ACCEPTED, parseHttpSpec, parseListenSpec } from "./listen-spec.ts";
import { domain, isHost, oneOf, section, text, whole } from "./schema-parts.ts";

const NAME_SERVER_ACCEPTED =
  "accepted: an IP address, or one with a port: 192.0.2.53, 192.0.2.53:5353, [2001:db8::53]:5353";

const nameServer = z.string({ error: NAME_SERVER_ACCEPTED }).refine(
  (given) => {
    const [, address = given] =
      /^\[?([^\]]+?)\]?:\d{1,5}$/.exec(isIP(given) === 0 ? given : "") ?? [];
    return isIP(address) !== 0;
  },
  { error: NAME_SERVER_ACCEPTED },
);

const listenObject = z.strictObject(
  {
    transport: oneOf(["udp", "tcp"]),
    address: z
      .string({ error: "accepted: an IP address" })
      .refine((address) => isIP(address) !== 0, {
        error: "accepted: an IP address, IPv6 without brackets",
      })
      .default("0.0.0.0"),
    port: whole(0, 65_535).default(DEFAULT_PORT),
  },
  { error: `accepted: { transport, address, port }, or ${LISTEN_ACCEPTED}` },
);

/** A string that is no listener stays a string, and is then told what both forms are. */
const listener = z.preprocess(
  (given) => (typeof given === "string" ? (parseListenSpec(given) ?? given) : given),
  listenObject,
);

const http = z.string({ error: `accepted: ${HTTP_ACCEPTED}` }).transform((given, context) => {
  const parsed = parseHttpSpec(given);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: "custom", message: `accepted: ${HTTP_ACCEPTED}` });
  return z.NEVER;
});

const SECOND_MAX = 2 ** 32 - 1; // Expires is a delta-seconds of 32 bits (RFC 3261 §20.19).
const DAY_MS = 24 * 3_600_000;
const COUNT_MAX = 10_000_000;
/** Looked through for each challenge. */
const USER_AGENTS_MAX = 100;
const USER_AGENTS = `accepted: a list of at most ${USER_AGENTS_MAX} beginnings of User-Agent values`;

const { timers, registrar, digest, cases, limits } = defaults;

/** The whole configuration; unknown keys are problems too. */
export const configSchema = z.strictObject(
  {
    domains: z.array(domain, { error: "accepted: a list of domains" }).default([]),
    listen: z
      .array(listener, { error: "accepted: a list of listeners" })
      .min(1, { error: "accepted: at least one listener" })
      .default(() => [...defaultListen()]),
    http: http.default(defaults.http),
    auth: oneOf(["digest", "none"]).default(defaults.auth),
    strangers: oneOf(["honest", "uniform"]).default(defaults.strangers),
    forceRport: z.boolean({ error: "accepted: true or false" }).default(defaults.forceRport),
    advertise: section("advertise", {
      host: z
        .string({ error: "accepted: a host name or an IP address" })
        .refine((host) => isHost(host) || isIP(host) !== 0, {
          error: "accepted: a host name or an IP address, IPv6 without brackets",
        }),
      port: whole(1, 65_535).optional(),
    }).optional(),
    data: text("the path of a folder").optional(),
    timers: section("timers", {
      // RFC 3261 §16.6 step 11: larger than three minutes.
      timerCMs: whole(180_001, DAY_MS, "milliseconds").default(timers.timerCMs),
    }).prefault({}),
    registrar: section("registrar", {
      defaultExpiresSeconds: whole(1, SECOND_MAX, "seconds").default(
        registrar.defaultExpiresSeconds,
      ),
      minExpiresSeconds: whole(1, 3_600, "seconds").default(registrar.minExpiresSeconds),
      maxExpiresSeconds: whole(1, SECOND_MAX, "seconds").default(registrar.maxExpiresSeconds),
      bindingsPerAor: whole(1, 1_000).default(registrar.bindingsPerAor),
    }).prefault({}),
    digest: section("digest", {
      nonceLifetimeMs: whole(1_000, DAY_MS, "milliseconds").default(digest.nonceLifetimeMs),
      algorithms: z
        .array(oneOf(digestAlgorithms), { error: "accepted: a list of algorithms" })
        .min(1, { error: "accepted: at least one algorithm" })
        .default([...digest.algorithms]),
      md5OnlyFor: z
        .array(z.string({ error: USER_AGENTS }).min(1, { error: USER_AGENTS }), {
          error: USER_AGENTS,
        })
        .max(USER_AGENTS_MAX, { error: USER_AGENTS })
        .default([...digest.md5OnlyFor]),
    }).prefault({}),
    dns: section("dns", {
      servers: z.array(nameServer, { error: "accepted: a list of name servers" }).min(1).optional(),
      avoidDeadMs: whole(0, 3_600_000, "milliseconds").default(defaults.dns.avoidDeadMs),
    }).prefault({}),
    nextHops,
    gateways,
    numbers,
    routes,
    cases: section("cases", {
      records: whole(1, COUNT_MAX).default(cases.records),
      sizeBytes: whole(65_536, 2 ** 40, "bytes").default(cases.sizeBytes),
      ageMs: whole(1_000, 3_650 * DAY_MS, "milliseconds").default(cases.ageMs),
    }).prefault({}),
    limits: section("limits", {
      transactions: whole(1, COUNT_MAX).default(limits.transactions),
      questionMs: whole(1, 30_000, "milliseconds").default(limits.questionMs),
      branchesPerRequest: whole(1, 100).default(limits.branchesPerRequest),
      dnsCacheEntries: whole(1, COUNT_MAX).default(limits.dnsCacheEntries),
      messageSizeBytes: whole(1_300, 2 ** 30, "bytes").default(limits.messageSizeBytes),
      headerSizeBytes: whole(1_300, 2 ** 30, "bytes").default(limits.headerSizeBytes),
      connections: whole(1, COUNT_MAX).default(limits.connections),
      connectionsPerAddress: whole(1, COUNT_MAX).default(limits.connectionsPerAddress),
      connectTimeoutMs: whole(1, 32_000, "milliseconds").default(limits.connectTimeoutMs),
      messageMs: whole(1_000, DAY_MS, "milliseconds").default(limits.messageMs),
      firstMessageMs: whole(1_000, DAY_MS, "milliseconds").default(limits.firstMessageMs),
      idleMs: whole(1_000, 365 * DAY_MS, "milliseconds").default(limits.idleMs),
      writeQueueBytes: whole(65_536, 2 ** 30, "bytes").default(limits.writeQueueBytes),
      writeStallMs: whole(1_000, DAY_MS, "milliseconds").default(limits.writeStallMs),
      flowsKept: whole(1, COUNT_MAX).default(limits.flowsKept),
      datagramsQueued: whole(0, COUNT_MAX).default(limits.datagramsQueued),
      receiveBufferBytes: whole(4_096, 2 ** 30, "bytes").default(limits.receiveBufferBytes),
      watchedDestinations: whole(1, 10_000).default(limits.watchedDestinations),
      watchMs: whole(1_000, DAY_MS, "milliseconds").default(limits.watchMs),
    }).prefault({}),
  },
  { error: "accepted: an object: export default defineConfig({ … })" },
);
