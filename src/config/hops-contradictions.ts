import { hasNumericHost } from "./hops-schema.ts";
import { nearMiss } from "./near-miss.ts";
import type { ConfigProblem } from "./problem.ts";
import type { ServerConfig } from "./types.ts";

/** Next hops, gateways and routes that are right by themselves and wrong together. */
export function contradictionsOfHops(config: ServerConfig): ConfigProblem[] {
  return [...inNextHops(config), ...inGateways(config), ...inRoutes(config)];
}

function inNextHops({ nextHops, domains }: ServerConfig): ConfigProblem[] {
  return Object.keys(nextHops)
    .filter((domain) => domains.includes(domain))
    .map((domain) => ({
      path: `nextHops.${domain}`,
      given: undefined,
      accepted: "this domain is ours: its users are looked up here, and nothing is sent on for it",
    }));
}

function inGateways({ gateways }: ServerConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const seen = new Map<string, number>();
  for (const [at, { name, uri, trusted, probe }] of gateways.entries()) {
    const before = seen.get(name);
    if (before === undefined) seen.set(name, at);
    else {
      const accepted = `the name of gateways[${before}] already`;
      problems.push({ path: `gateways[${at}].name`, given: JSON.stringify(name), accepted });
    }
    if (trusted && !hasNumericHost(uri)) {
      const accepted = "with an address in uri: who may be trusted is known by the address alone";
      problems.push({ path: `gateways[${at}].trusted`, given: "true", accepted });
    }
    if (probe !== undefined && probe.timeoutMs > probe.everyMs) {
      const accepted = `accepted: everyMs (${probe.everyMs}) or less`;
      const given = String(probe.timeoutMs);
      problems.push({ path: `gateways[${at}].probe.timeoutMs`, given, accepted });
    }
  }
  return problems;
}

function inRoutes({ routes, gateways }: ServerConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const names = gateways.map(({ name }) => name);
  const seen = new Map<string, number>();
  for (const [at, { prefix, number, to }] of routes.entries()) {
    const path = `routes[${at}]`;
    if ((prefix === undefined) === (number === undefined)) {
      problems.push({ path, given: undefined, accepted: "accepted: one of prefix and number" });
      continue;
    }
    const digits = prefix === undefined ? `number ${number}` : `prefix ${prefix}`;
    const before = seen.get(digits);
    if (before === undefined) seen.set(digits, at);
    else problems.push({ path, given: digits, accepted: `the same as routes[${before}]` });
    for (const [place, name] of to.entries()) {
      if (names.includes(name)) continue;
      problems.push({
        path: `${path}.to[${place}]`,
        given: JSON.stringify(name),
        accepted: noSuchGateway(name, names),
      });
    }
  }
  return problems;
}

function noSuchGateway(name: string, names: readonly string[]): string {
  const meant = nearMiss(name, names);
  if (meant !== undefined) return `no gateway has that name; did you mean ${meant}?`;
  return names.length === 0
    ? "no gateway has that name: gateways is empty"
    : `no gateway has that name; accepted: ${names.join(", ")}`;
}
