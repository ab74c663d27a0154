import { Command } from "commander";
import { ladderText, loadReference, type Reference } from "../codes/index.ts";
import { suggestNear } from "./code.ts";
import { comparisonLines } from "./comparison-page.ts";
import {
  languageFor,
  languageOption,
  lookOf,
  tellFallback,
  type ReferenceOptions,
} from "./reference-options.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

/** `nexthop compare`: any two registered codes side by side. */
export function compareCommand(terminal: Terminal = processTerminal()): Command {
  return new Command("compare")
    .argument("<code>", "a response code")
    .argument("<other>", "another one")
    .description("two response codes: are they alternatives, how they differ, who sends which")
    .addOption(languageOption())
    .option("--json", "one JSON object")
    .action((one: string, other: string, options: ReferenceOptions) =>
      runCompare([one, other], options, terminal),
    );
}

async function runCompare(
  asked: readonly [string, string],
  options: ReferenceOptions,
  terminal: Terminal,
): Promise<void> {
  const reference = await loadReference(languageFor(options, terminal));
  const numbers = [Number(asked[0]), Number(asked[1])] as const;
  const comparison = reference.compare(...numbers);
  if (comparison === undefined) {
    tellWhyNot(asked, reference, terminal);
    return;
  }
  tellFallback(reference, comparison.language, terminal);
  if (options.json === true) {
    const { ladder } = comparison;
    const drawn = ladder === undefined ? undefined : await ladderText(ladder);
    terminal.out(JSON.stringify({ ...comparison, ladderText: drawn }));
    return;
  }
  for (const line of await comparisonLines(comparison, lookOf(terminal))) terminal.out(line);
}

function tellWhyNot(
  asked: readonly [string, string],
  reference: Reference,
  terminal: Terminal,
): void {
  for (const text of asked) {
    if (!/^\d{3}$/.test(text)) {
      terminal.error(`${text}: a response code of three digits is expected.`);
      terminal.exitCode(2);
      return;
    }
  }
  terminal.exitCode(1);
  for (const number of new Set(asked.map(Number))) {
    const code = reference.code(number);
    if (code === undefined) {
      terminal.error(`${number} is not a response code that anybody uses.`);
      suggestNear(number, reference, terminal);
    } else if (!code.facts.registered) {
      terminal.error(`${number} is not registered, and only registered codes are compared.`);
      terminal.error(`What is known of it: nexthop code ${number}`);
    }
  }
  if (Number(asked[0]) === Number(asked[1])) terminal.error("These two are one and the same.");
}
