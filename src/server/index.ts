export {
  createCaseStore,
  DEFAULT_CASE_LIMITS,
  type CaseLimits,
  type CaseQuery,
  type CaseStore,
  type CaseStoreOptions,
} from "./case-store.ts";
export {
  directoryCommands,
  dns,
  type DnsPort,
  type Located,
  type ToldDestination,
  type ToldGateway,
  type ToldQuestion,
  IMPORT_COMMAND_ROWS_MAX,
  openLocalPort,
  shown,
  type CommandArguments,
  type CommandHandler,
  type CommandOutput,
  type CommandPort,
  type LocalPort,
  type RegisteredBinding,
  type Registration,
  why,
  type WhyPort,
} from "./commands/index.ts";
export type { ServerCounters } from "./counters.ts";
export { createServer, type SipServer } from "./create-server.ts";
export { settingsOf, socketOptionsOf } from "./from-config.ts";
export type { GatewayChanged } from "./gateway-probes.ts";
export type { GatewayState } from "./gateway-states.ts";
export { locate } from "./locate.ts";
export { NO_NAMES } from "./no-names.ts";
export { openServer, type OpenServer, type OpenServerOptions } from "./open-server.ts";
export type { CaseKeeper, Resolver, ServerLimits } from "./parts.ts";
export { runCommand, type CommandWorld } from "./run-command.ts";
export { localAddresses, systemClock, systemRandom } from "./system.ts";
export { UserAgentDriver, type UserAgentNews } from "./user-agent-driver.ts";
export { keepYoungSpaceSmall } from "./young-space.ts";
export type { ServerSettings, ServerWorld } from "./world.ts";
