import { ConfigError } from "./problem.ts";

/**
 * The domains to serve: those of flags and file, else those that the users in the data folder have.
 *
 * @throws ConfigError when there are neither
 */
export function domainsToServe(
  configured: readonly string[],
  ofUsers: readonly string[],
): readonly string[] {
  const domains = configured.length > 0 ? configured : ofUsers;
  if (domains.length > 0) return [...new Set(domains)];
  throw new ConfigError("domains", [
    {
      path: "",
      given: undefined,
      accepted:
        "no domain is named and there are no users whose domains could be served; " +
        "give --domain example.org, or add a user: nexthop user add alice@example.org",
    },
  ]);
}
