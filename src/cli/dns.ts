import { Command } from "commander";
import { ServerError } from "../causes/index.ts";
import { dataFolderPath, defaults } from "../config/index.ts";
import { createResolver } from "../dns/index.ts";
import { AvoidedDestinations } from "../routing/index.ts";
import {
  dns,
  systemClock,
  systemRandom,
  type CommandOutput,
  type Located,
  type ToldDestination,
  type ToldQuestion,
} from "../server/index.ts";
import { connectControl } from "./control-client.ts";
import { processTerminal, type Terminal } from "./terminal.ts";
import { timeText } from "./time-text.ts";
import { wrapped } from "../base/text-wrap.ts";

const WIDTH = 80;

interface DnsOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** `nexthop dns`: where a name leads, as the running server sees it. */
export function dnsCommand(terminal: Terminal = processTerminal()): Command {
  return new Command("dns")
    .argument("<name>", "a host name, HOST:PORT, or a SIP URI")
    .description("where a name leads: NAPTR, SRV, addresses, and which are avoided")
    .option("--data <dir>", "the data folder of the server to ask")
    .option("--json", "one JSON object")
    .addHelpText("after", EXAMPLES)
    .action((name: string, options: DnsOptions) => runDns(name, options, terminal));
}

const EXAMPLES = `
While a server runs on the data folder it is asked, with its cache and what it avoids; else the
name servers of this machine are asked. Asks for everything that a failover could lead to.

Examples:
  nexthop dns example.org
  nexthop dns "sip:example.org;transport=tcp" --json`;

async function runDns(name: string, options: DnsOptions, terminal: Terminal): Promise<void> {
  try {
    const folder = dataFolderPath(options.data, terminal.environment);
    const server = await connectControl(folder);
    if (server === undefined) await tell(asked(name), "this machine", options, terminal);
    else await tell(server.run("dns", { name }), "the running server", options, terminal);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    terminal.error(error.message);
    terminal.exitCode(1);
  }
}

/** Without a server: its work, done here, with nothing remembered. */
async function* asked(name: string): AsyncIterable<CommandOutput> {
  const clock = systemClock();
  const nowMs = (): number => clock.nowMs();
  const resolver = createResolver({ cacheEntries: defaults.limits.dnsCacheEntries, nowMs });
  try {
    const avoided = new AvoidedDestinations();
    yield* dns({ name }, { resolver, avoided, random: systemRandom(), nowMs });
  } finally {
    resolver.close();
  }
}

async function tell(
  outputs: AsyncIterable<CommandOutput>,
  teller: string,
  { json = false }: DnsOptions,
  terminal: Terminal,
): Promise<void> {
  for await (const output of outputs) {
    if (output.kind === "row") {
      if (json) terminal.out(JSON.stringify(output.value));
      else for (const line of linesOf(output.value as Located, teller)) terminal.out(line);
    } else if (output.kind === "failed") {
      for (const line of wrapped(output.text, WIDTH, 0, 2)) terminal.error(line);
      terminal.exitCode(output.exitCode);
    }
  }
}

function linesOf({ uri, questions, destinations }: Located, teller: string): string[] {
  const lines = [`${uri}, as ${teller} sees it`];
  if (questions.length > 0) lines.push("", "Asked, in this order:");
  for (const question of questions) lines.push(...questionLines(question));
  if (destinations.length === 0) return lines;
  lines.push("", "Tried in this order, until one answers:");
  const width = Math.max(...destinations.map(({ destination }) => destination.length));
  for (const [at, destination] of destinations.entries()) {
    lines.push(destinationLine(at + 1, destination, width));
    const { withoutTcp } = destination;
    if (withoutTcp === undefined) continue;
    const forTime = timeText(withoutTcp.forSeconds);
    lines.push(`     no TCP there for ${forTime}: requests over 1300 bytes go by UDP too`);
  }
  return lines;
}

function questionLines(question: ToldQuestion): string[] {
  const { type, name, records, detail, ttlSeconds, cached, source } = question;
  const from = cached ? "known" : source === "" ? "" : `from ${source}`;
  const facts = [from, `for ${timeText(ttlSeconds)}`].filter((text) => text !== "").join(", ");
  const lines = wrapped(`${type.padEnd(5)} ${name} (${facts})`, WIDTH, 2, 8);
  const said = records.length === 0 ? [detail] : records;
  return [...lines, ...said.flatMap((text) => wrapped(text, WIDTH, 8, 10))];
}

function destinationLine(number: number, told: ToldDestination, width: number): string {
  const { destination, avoided } = told;
  const place = `${String(number).padStart(3)}  ${destination}`;
  if (avoided === undefined) return place;
  const { reason, forSeconds } = avoided;
  return `${place.padEnd(width + 5)}  avoided for ${timeText(forSeconds)}: ${REASONS[reason]}`;
}

const REASONS = {
  silent: "it did not answer",
  unreachable: "it could not be reached",
  busy: "it said 503",
} as const;
