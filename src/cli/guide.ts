import { Command } from "commander";
import { findGuides, guides, whoSentIt, type CodeLanguage, type Guide } from "../codes/index.ts";
import { guideLines, guideListLines } from "./guide-page.ts";
import {
  languageFor,
  languageOption,
  lookOf,
  tellFallback,
  type ReferenceOptions,
} from "./reference-options.ts";
import { senderTreeLines } from "./sender-tree-page.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

const EXAMPLES = `
Examples:
  nexthop guide                  the list of guides
  nexthop guide stuck-on-100     one of them
  nexthop guide who-sent-it      from a response in a trace to whoever made it
  nexthop guide one-way audio    search: one guide is shown, several are listed`;

/** `nexthop guide`: from a symptom to its causes, how to tell them apart, and what to do. */
export function guideCommand(terminal: Terminal = processTerminal()): Command {
  return new Command("guide")
    .argument("[id or words...]", "a guide, or words of a symptom")
    .description("from a symptom to its causes, and to what to do")
    .addOption(languageOption())
    .option("--json", "one JSON object a guide, one a line")
    .addHelpText("after", EXAMPLES)
    .action((words: readonly string[], options: ReferenceOptions) =>
      runGuide(words.join(" "), options, terminal),
    );
}

async function runGuide(
  asked: string,
  options: ReferenceOptions,
  terminal: Terminal,
): Promise<void> {
  const language = languageFor(options, terminal);
  if (/^who-?sent-?it$/i.test(asked.replaceAll(/[ ?]/g, ""))) {
    await showSenderTree(language, options, terminal);
    return;
  }
  const found = asked === "" ? await guides(language) : await findGuides(asked, language);
  const [first] = found;
  if (first === undefined) {
    terminal.error(`No guide fits "${asked}". \`nexthop guide\` lists them all.`);
    terminal.exitCode(1);
    return;
  }
  tellFallback({ language }, first.language, terminal);
  if (options.json === true) for (const each of found) terminal.out(JSON.stringify(each));
  else for (const line of shown(found, lookOf(terminal))) terminal.out(line);
}

/** The decision tree stands beside the guides; it is asked for like one of them. */
async function showSenderTree(
  language: CodeLanguage,
  { json }: ReferenceOptions,
  terminal: Terminal,
): Promise<void> {
  const tree = await whoSentIt(language);
  tellFallback({ language }, tree.language, terminal);
  if (json === true) terminal.out(JSON.stringify(tree));
  else for (const line of senderTreeLines(tree, lookOf(terminal))) terminal.out(line);
}

function shown(found: readonly Guide[], look: ReturnType<typeof lookOf>): readonly string[] {
  const [first] = found;
  return first !== undefined && found.length === 1
    ? guideLines(first, look)
    : guideListLines(found, look);
}
