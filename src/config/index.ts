export { checkConfig, type ConfigFlags } from "./check.ts";
export {
  controlPathFile,
  controlSocketInside,
  controlSocketPath,
  dataFolderPath,
} from "./data-paths.ts";
export { defaultListen, defaults } from "./defaults.ts";
export { HTTP_ACCEPTED, LISTEN_ACCEPTED, parseHttpSpec, parseListenSpec } from "./listen-spec.ts";
export { loadConfigFile } from "./load-config-file.ts";
export { ConfigError, type ConfigProblem } from "./problem.ts";
export {
  defineConfig,
  type CaseRing,
  type ConfigInput,
  type ConfigLimits,
  type GatewayConfig,
  type GatewayInput,
  type HttpListener,
  type ListenInput,
  type ProbeConfig,
  type RouteConfig,
  type RouteInput,
  type ServerConfig,
} from "./types.ts";
