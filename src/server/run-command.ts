import { credentialOf } from "../auth/index.ts";
import type { Directory } from "../directory/index.ts";
import type { LocationStore } from "../location/index.ts";
import type { Random } from "../base/random.ts";
import type { CaseStore } from "./case-store.ts";
import { directoryCommands, type CommandArguments, type CommandOutput } from "./commands/index.ts";
import { dns } from "./commands/dns.ts";
import { gateways } from "./commands/gateways.ts";
import { why } from "./commands/why.ts";
import type { Resolver } from "./parts.ts";
import type { SipServer } from "./create-server.ts";

/** What commands work on inside a running server. */
export interface CommandWorld {
  readonly directory: Directory;
  readonly location: LocationStore;
  readonly domains: readonly string[];
  readonly cases: CaseStore;
  readonly sip: SipServer;
  readonly resolver: Resolver;
  readonly random: Random;
  readonly nowMs: () => number;
}

/** Runs one command by its name on the control socket; an unknown one is answered, not thrown. */
export function runCommand(
  name: string,
  args: CommandArguments,
  world: CommandWorld,
): AsyncIterable<CommandOutput> {
  const { avoided } = world.sip;
  const port = { ...world, avoided, credentialOf, pending: () => world.sip.pending() };
  if (name === "dns") return dns(args, port);
  if (name === "gateways") return gateways({ ...world, gateways: () => world.sip.gateways() });
  if (name === "why") return why(args, port);
  const handler = directoryCommands[name];
  return handler === undefined ? unknown(name) : handler(args, port);
}

async function* unknown(name: string): AsyncGenerator<CommandOutput> {
  yield { kind: "failed", text: `this server knows no command "${name}"`, exitCode: 2 };
}
