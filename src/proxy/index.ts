export { AckRelay } from "./ack-relay.ts";
export { branchMark } from "./branch-id.ts";
export { ClientBranch, type ClientBranchState } from "./client-branch.ts";
export { dialogTokenOf, localTagOf } from "./dialog-token.ts";
export { viaValue, type Sides } from "./forwarding.ts";
export type { ProxyOptions } from "./options.ts";
export type { ProxyOutput } from "./output.ts";
export { ProxyCore, type RequestFacts } from "./proxy-core.ts";
export { CANCEL_WAIT_MS } from "./response-context.ts";
