import { credentialOf } from "../auth/index.ts";
import type { Directory } from "../directory/index.ts";
import type { LocationStore } from "../location/index.ts";
import type { CaseStore } from "./case-store.ts";
import { directoryCommands, type CommandArguments, type CommandOutput } from "./commands/index.ts";
import { why } from "./commands/why.ts";
import type { SipServer } from "./create-server.ts";

/** What commands work on inside a running server. */
export interface CommandWorld {
  readonly directory: Directory;
  readonly location: LocationStore;
  readonly domains: readonly string[];
  readonly cases: CaseStore;
  readonly sip: SipServer;
  readonly nowMs: () => number;
}

/** Runs one command by its name on the control socket; an unknown one is answered, not thrown. */
export function runCommand(
  name: string,
  args: CommandArguments,
  world: CommandWorld,
): AsyncIterable<CommandOutput> {
  const port = { ...world, credentialOf, pending: () => world.sip.pending() };
  if (name === "why") return why(args, port);
  const handler = directoryCommands[name];
  return handler === undefined ? unknown(name) : handler(args, port);
}

async function* unknown(name: string): AsyncGenerator<CommandOutput> {
  yield { kind: "failed", text: `this server knows no command "${name}"`, exitCode: 2 };
}
