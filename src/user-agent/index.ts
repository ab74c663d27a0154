export { SOFTWARE_NAME, type AnswerScript, type UserAgentOptions } from "./options.ts";
export type { CallEnd, FailureId, LadderOutput, UserAgentOutput } from "./output.ts";
export { UserAgent } from "./user-agent.ts";
