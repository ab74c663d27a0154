import type { ServerConfig } from "../config/index.ts";
import { configuredHopsOf } from "./configured-hops.ts";
import type { SocketLayerOptions } from "../transport/index.ts";
import type { ServerSettings } from "./world.ts";

/** The part of a checked configuration that a server decides by. */
export function settingsOf(config: ServerConfig): ServerSettings {
  const { domains, auth, strangers, forceRport, registrar, limits } = config;
  return {
    domains,
    auth,
    strangers,
    forceRport,
    ...registrar,
    timerCMs: config.timers.timerCMs,
    branchesPerRequest: limits.branchesPerRequest,
    avoidDeadMs: config.dns.avoidDeadMs,
    ...configuredHopsOf(config),
    nonceLifetimeMs: config.digest.nonceLifetimeMs,
    digestAlgorithms: config.digest.algorithms,
    md5OnlyFor: config.digest.md5OnlyFor,
    advertisedHosts: config.advertise === undefined ? [] : [config.advertise.host],
    limits: { transactions: limits.transactions, questionMs: limits.questionMs },
  };
}

/** The part that its sockets are opened with. */
export function socketOptionsOf(config: ServerConfig): SocketLayerOptions {
  const { listen, limits, advertise } = config;
  if (advertise === undefined) return { listen, limits };
  const { host, port } = advertise;
  return { listen, limits, advertise: port === undefined ? { host } : { host, port } };
}
