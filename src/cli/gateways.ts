import { Command } from "commander";
import { ServerError } from "../causes/index.ts";
import { dataFolderPath } from "../config/index.ts";
import type { ToldGateway } from "../server/index.ts";
import { connectControl } from "./control-client.ts";
import { exitCodes } from "./exit-codes.ts";
import { processTerminal, type Terminal } from "./terminal.ts";
import { timeText } from "./time-text.ts";
import { wrapped } from "../base/text-wrap.ts";

const WIDTH = 80;

interface GatewaysOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** `nexthop gateways`: which gateways are there, by their probes, and what goes to them. */
export function gatewaysCommand(terminal: Terminal = processTerminal()): Command {
  return new Command("gateways")
    .description("the gateways of the running server: up or down, since when, by which probe")
    .option("--data <dir>", "the data folder of the server to ask")
    .option("--json", "one JSON object a line")
    .addHelpText("after", EXAMPLES)
    .action((options: GatewaysOptions) => runGateways(options, terminal));
}

const EXAMPLES = `
A gateway that is down is tried after all others of its route, and never not at all.

Examples:
  nexthop gateways
  nexthop gateways --json`;

async function runGateways(
  { data, json = false }: GatewaysOptions,
  terminal: Terminal,
): Promise<void> {
  try {
    const folder = dataFolderPath(data, terminal.environment);
    const server = await connectControl(folder);
    if (server === undefined) {
      terminal.error(`no server runs on ${folder}: what gateways do is known while one runs`);
      terminal.exitCode(exitCodes.nobodyThere);
      return;
    }
    for await (const output of server.run("gateways", {})) {
      if (output.kind === "row") {
        if (json) terminal.out(JSON.stringify(output.value));
        else for (const line of linesOf(output.value as ToldGateway)) terminal.out(line);
      } else if (output.kind === "failed") {
        terminal.error(output.text);
        terminal.exitCode(output.exitCode);
      } else if (output.kind === "done" && !json) {
        const { gateways } = output.value as { readonly gateways: number };
        if (gateways === 0) terminal.out("No gateway is configured.");
      }
    }
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    terminal.error(error.message);
    terminal.exitCode(exitCodes.failed);
  }
}

function linesOf(told: ToldGateway): string[] {
  const { name, uri, routes, trusted } = told;
  const lines = [`${name}  ${stateText(told)}`, `    ${uri}${trusted ? ", trusted" : ""}`];
  const { lastProbe } = told;
  if (lastProbe !== undefined) {
    const { agoSeconds, tookMs, result } = lastProbe;
    lines.push(`    last probe ${timeText(agoSeconds)} ago: ${resultText(result)}, ${tookMs} ms`);
  }
  const taken = routes.length === 0 ? "no route leads here" : `takes ${routes.join(", ")}`;
  return [...lines, ...wrapped(taken, WIDTH, 4, 10)];
}

function stateText({ state, forSeconds = 0, result = "" }: ToldGateway): string {
  switch (state) {
    case "up":
      return `up for ${timeText(forSeconds)}`;
    case "down":
      return `down for ${timeText(forSeconds)}: ${resultText(result)}`;
    case "unknown":
      return "not probed yet";
    case "not-probed":
      return "not probed";
  }
}

function resultText(result: string): string {
  if (result === "silent") return "OPTIONS was not answered";
  if (result === "unreachable") return "it could not be reached";
  if (result === "unresolvable") return "its name leads nowhere";
  return `it answered OPTIONS with ${result}`;
}
