import type { Endpoint } from "../base/endpoint.ts";
import { formatEndpoint } from "../base/endpoint.ts";
import { probeDefaults } from "./defaults.ts";
import { contradictionsOfHops } from "./hops-contradictions.ts";
import { nearMiss } from "./near-miss.ts";
import { ConfigError, type ConfigProblem, pathText, shown } from "./problem.ts";
import { configSchema } from "./schema.ts";
import type { ServerConfig } from "./types.ts";

/** What the command line says; each goes before what a file says about the same. */
export interface ConfigFlags {
  readonly domains?: readonly string[];
  readonly listen?: readonly Endpoint[];
  readonly auth?: "digest" | "none";
  readonly http?: string;
}

/**
 * Checks what a file gave (or `{}` without one), puts the flags over it, fills in the defaults and freezes the whole.
 *
 * @throws ConfigError naming `source`, with every problem and not only the first
 */
export function checkConfig(source: string, given: unknown, flags: ConfigFlags): ServerConfig {
  const overlaid =
    typeof given === "object" && given !== null ? { ...given, ...definedOnly(flags) } : given;
  const result = configSchema.safeParse(overlaid);
  if (!result.success) throw new ConfigError(source, problemsOf(result.error.issues, overlaid));
  const { advertise, data, dns, gateways, numbers, routes, ...rest } = result.data;
  const config: ServerConfig = {
    ...rest,
    data,
    dns: { servers: dns.servers, avoidDeadMs: dns.avoidDeadMs },
    gateways: gateways.map(({ probe, ...gateway }) => ({ ...gateway, probe })),
    numbers: { country: numbers.country },
    routes: routes.map(({ prefix, number, to }) => ({ prefix, number, to })),
    advertise: advertise === undefined ? undefined : { host: advertise.host, port: advertise.port },
  };
  const problems = [...contradictionsIn(config), ...contradictionsOfHops(config)];
  if (problems.length > 0) throw new ConfigError(source, problems);
  return deepFreeze(config);
}

interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

function problemsOf(issues: readonly Issue[], given: unknown): ConfigProblem[] {
  return issues.flatMap((issue): ConfigProblem[] => {
    if (issue.code !== "unrecognized_keys") {
      const path = pathText(issue.path);
      return [{ path, given: shown(valueAt(given, issue.path)), accepted: issue.message }];
    }
    const known = keysAt(issue.path);
    return (issue.keys ?? []).map((key) => {
      const meant = nearMiss(key, known);
      return {
        path: pathText([...issue.path, key]),
        given: undefined,
        accepted:
          meant === undefined
            ? `not known here; accepted: ${known.join(", ")}`
            : `not known here; did you mean ${meant}?`,
      };
    });
  });
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  let value = given;
  for (const part of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

/** The names that stand at that path in a configuration with everything in it. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  if (path[0] === "listen" && path.length === 2) return ["transport", "address", "port"];
  if (path[0] === "gateways") {
    return path.length === 2 ? ["name", "uri", "probe", "trusted"] : Object.keys(probeDefaults);
  }
  if (path[0] === "routes") return ["prefix", "number", "to"];
  if (path[0] === "numbers") return ["country"];
  if (path[0] === "advertise") return ["host", "port"];
  const complete: unknown = configSchema.parse({});
  if (path.length === 0) return Object.keys(configSchema.shape);
  const value = valueAt(complete, path);
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

/** What is right by itself and wrong together. */
function contradictionsIn(config: ServerConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const { defaultExpiresSeconds, minExpiresSeconds, maxExpiresSeconds } = config.registrar;
  if (maxExpiresSeconds < minExpiresSeconds) {
    problems.push({
      path: "registrar.maxExpiresSeconds",
      given: String(maxExpiresSeconds),
      accepted: `accepted: minExpiresSeconds (${minExpiresSeconds}) or more`,
    });
  } else if (
    defaultExpiresSeconds < minExpiresSeconds ||
    defaultExpiresSeconds > maxExpiresSeconds
  ) {
    problems.push({
      path: "registrar.defaultExpiresSeconds",
      given: String(defaultExpiresSeconds),
      accepted: `accepted: from minExpiresSeconds (${minExpiresSeconds}) to maxExpiresSeconds (${maxExpiresSeconds})`,
    });
  }
  const seen = new Map<string, number>();
  for (const [at, { transport, address, port }] of config.listen.entries()) {
    if (port === 0) continue;
    const endpoint = formatEndpoint(transport, address, port);
    const before = seen.get(endpoint);
    if (before === undefined) seen.set(endpoint, at);
    else {
      problems.push({
        path: `listen[${at}]`,
        given: endpoint,
        accepted: `the same as listen[${before}]`,
      });
    }
  }
  return problems;
}

function definedOnly(flags: ConfigFlags): Record<string, unknown> {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
