/** What a config file imports. The parts have subpaths of their own: `nexthop/message`, `nexthop/transaction`. */
export { defineConfig, type ConfigInput, type ListenInput } from "./config/index.ts";
