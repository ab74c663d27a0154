import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { ServerError } from "../causes/index.ts";
import { ConfigError } from "../config/index.ts";
import { aliasCommand } from "./alias.ts";
import { callCommand } from "./call.ts";
import { codeCommand } from "./code.ts";
import { compareCommand } from "./compare.ts";
import { dnsCommand } from "./dns.ts";
import { demoCommand } from "./demo.ts";
import { exitCodes, type ExitCode } from "./exit-codes.ts";
import { glossaryCommand } from "./glossary.ts";
import { gatewaysCommand } from "./gateways.ts";
import { guideCommand } from "./guide.ts";
import { registrationsCommand } from "./registrations.ts";
import { exitCodeOf, serveCommand } from "./serve.ts";
import { siteCommand } from "./site.ts";
import { userCommand } from "./user.ts";
import { whyCommand } from "./why.ts";

const WIDTH = 80;

const EXAMPLES = `
Start here:
  nexthop demo                         a server, two phones, four calls, each explained
  nexthop user add alice@example.org   then: nexthop serve --domain example.org
  nexthop COMMAND --help               flags and examples of one command

Exit codes: 0 done, 1 the thing asked about failed, 2 wrong usage, 3 no server or store there.`;

/** The whole command line. Each command stands in its own file. */
function program(): Command {
  const nexthop = new Command("nexthop")
    .description("Nexthop, the SIP server that tells you why.")
    .version(versionOf(), "-V, --version")
    .helpOption("-h, --help", "what there is, and how to use it")
    .showSuggestionAfterError(true)
    .addHelpText("after", EXAMPLES);
  serveCommand(nexthop);
  nexthop.addCommand(userCommand());
  nexthop.addCommand(aliasCommand());
  nexthop.addCommand(registrationsCommand());
  nexthop.addCommand(whyCommand());
  nexthop.addCommand(dnsCommand());
  nexthop.addCommand(gatewaysCommand());
  nexthop.addCommand(codeCommand());
  nexthop.addCommand(compareCommand());
  nexthop.addCommand(guideCommand());
  nexthop.addCommand(glossaryCommand());
  nexthop.addCommand(siteCommand());
  callCommand(nexthop);
  demoCommand(nexthop);
  setUp(nexthop);
  return nexthop;
}

/** Settings that commander does not hand down to commands added ready-made. */
function setUp(command: Command): void {
  command.exitOverride();
  command.configureOutput({ getOutHelpWidth: helpWidth, getErrHelpWidth: helpWidth });
  for (const below of command.commands) setUp(below);
}

function helpWidth(): number {
  return Math.min(process.stdout.columns ?? WIDTH, WIDTH);
}

function versionOf(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** @returns undefined when the command has set the exit code itself */
async function run(words: readonly string[]): Promise<ExitCode | undefined> {
  try {
    await program().parseAsync(words, { from: "user" });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCodes.done : exitCodes.usage; // it has been printed
    }
    if (error instanceof ConfigError || error instanceof ServerError) {
      process.stderr.write(`nexthop: ${error.message}\n`);
      return error instanceof ServerError ? exitCodeOf(error) : exitCodes.usage;
    }
    const stack = error instanceof Error ? error.stack : String(error);
    process.stderr.write(`nexthop: this is a bug of ours, please report it.\n${stack}\n`);
    return exitCodes.failed;
  }
}

// `nexthop user list | head` ends the pipe early; that is nobody's fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(exitCodes.done);
  throw error;
});

const exitCode = await run(process.argv.slice(2));
if (exitCode !== undefined) process.exitCode = exitCode;
