import { Command } from "commander";
import { layoutLadder } from "../capture/index.ts";
import { ServerError } from "../causes/index.ts";
import { dataFolderPath } from "../config/index.ts";
import { loadCauseContent, type CodeLanguage } from "../codes/index.ts";
import { renderExplanation, type Explanation } from "../explain/index.ts";
import { createCaseStore, openLocalPort, why, type CommandOutput } from "../server/index.ts";
import { told } from "./cli-words.ts";
import { connectControl } from "./control-client.ts";
import { languageFor, languageOption, lookOf, tellFallback } from "./reference-options.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

const WIDTH = 80;

interface WhyOptions {
  readonly last?: boolean;
  readonly to?: string;
  readonly pending?: boolean;
  readonly data?: string;
  readonly json?: boolean;
  readonly lang?: CodeLanguage;
}

/** `nexthop why`: explains a kept case, or what hangs now. */
export function whyCommand(terminal: Terminal = processTerminal()): Command {
  return new Command("why")
    .argument("[case]", "a case id of 8 hex digits, or a Call-ID")
    .description("explain a past call or request, or what is pending now")
    .option("--last", "the latest that did not work (the default)")
    .option("--to <aor>", "the latest towards that address")
    .option("--pending", "what has no final response yet, the longest wait first")
    .option(
      "--data <dir>",
      "the data folder (default: $NEXTHOP_DATA, or nexthop in the state folder)",
    )
    .addOption(languageOption())
    .option(
      "--json",
      "one JSON object a line; the words in the language, ids and names as they are",
    )
    .action((id: string | undefined, options: WhyOptions) => runWhy(id, options, terminal));
}

async function runWhy(
  id: string | undefined,
  options: WhyOptions,
  terminal: Terminal,
): Promise<void> {
  const { last, to, pending, json = false } = options;
  const given = [id, last, to, pending].filter((value) => value !== undefined);
  if (given.length > 1) {
    terminal.error("Ask for one thing: a case or Call-ID, --last, --to or --pending.");
    terminal.exitCode(2);
    return;
  }
  const folder = dataFolderPath(options.data, terminal.environment);
  const language = languageFor(options, terminal);
  try {
    // Through JSON an option that was not given would be gone anyway.
    const outputs = await answersFrom(
      folder,
      JSON.parse(JSON.stringify({ id, to, pending, language })),
    );
    if (outputs === "no-server") {
      terminal.error(`No server runs on ${folder}, so nothing is pending.`);
      terminal.exitCode(3);
      return;
    }
    if (outputs === undefined) {
      terminal.error(`There is no server running on ${folder}, and no store in it.`);
      terminal.error("Name another folder with --data, or start one: nexthop serve");
      terminal.exitCode(3);
      return;
    }
    let count = 0;
    for await (const output of outputs) {
      if (output.kind === "row") {
        const shown = (output.value as Explanation).language;
        if (count === 0) tellFallback({ language }, shown, terminal);
        if (!json && count > 0) terminal.out("");
        count += 1;
      }
      if (output.kind === "done" && !json && count === 0) {
        terminal.out(told(await loadCauseContent(language), "nothing-pending"));
      }
      write(output, json, terminal);
    }
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    terminal.error(error.message);
    terminal.exitCode(3);
  }
}

/** The running server's answer; where none runs, that of the stores, which know nothing pending. */
async function answersFrom(
  folder: string,
  args: Readonly<Record<string, unknown>>,
): Promise<AsyncIterable<CommandOutput> | "no-server" | undefined> {
  const server = await connectControl(folder);
  if (server !== undefined) return server.run("why", args);
  if (args["pending"] === true) return "no-server";
  const port = openLocalPort(folder, { create: false });
  if (port === undefined) return undefined;
  const cases = createCaseStore({ folder, nowMs: Date.now, readOnly: true });
  return closingAfter(why(args, { ...port, cases, pending: () => [] }), async () => {
    await cases.close();
    await port.close();
  });
}

async function* closingAfter<T>(
  outputs: AsyncIterable<T>,
  close: () => Promise<void>,
): AsyncGenerator<T> {
  try {
    yield* outputs;
  } finally {
    await close();
  }
}

function write(output: CommandOutput, asJson: boolean, terminal: Terminal): void {
  switch (output.kind) {
    case "row":
      if (asJson) terminal.out(JSON.stringify(output.value));
      else terminal.out(textOf(output.value as Explanation, terminal));
      break;
    case "warning":
      terminal.error(output.text);
      break;
    case "failed":
      terminal.error(`${output.text.charAt(0).toUpperCase()}${output.text.slice(1)}.`);
      terminal.exitCode(output.exitCode);
      break;
    case "done":
    case "progress":
      break;
  }
}

/** The ladder and the explanation; a case that worked is one line. */
function textOf(explanation: Explanation, terminal: Terminal): string {
  const { colour } = lookOf(terminal);
  const text = renderExplanation(explanation, { width: WIDTH, colour });
  if (explanation.state === "succeeded" || explanation.ladder.rows.length < 2) return text;
  return [...layoutLadder(explanation.ladder, { width: WIDTH }), "", text].join("\n");
}
