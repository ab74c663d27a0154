import { Command } from "commander";
import { wrapped } from "../base/text-wrap.ts";
import { glossary, type Glossary, type GlossaryEntry } from "../codes/index.ts";
import {
  languageFor,
  languageOption,
  lookOf,
  tellFallback,
  type ReferenceOptions,
} from "./reference-options.ts";
import { processTerminal, type Terminal } from "./terminal.ts";
import { fromMarkdown, painted, type Look } from "./text-layout.ts";

const INDENT = 2;

const EXAMPLES = `
Examples:
  nexthop glossary               all terms
  nexthop glossary binding       one of them
  nexthop glossary via branch    those that hold both words`;

/** `nexthop glossary`: the words of SIP, a few sentences each. */
export function glossaryCommand(terminal: Terminal = processTerminal()): Command {
  return new Command("glossary")
    .argument("[term...]", "a term, or words to search for")
    .description("the words of SIP, with the clause that defines each")
    .addOption(languageOption())
    .option("--json", "one JSON object a term, one a line")
    .addHelpText("after", EXAMPLES)
    .action((words: readonly string[], options: ReferenceOptions) =>
      runGlossary(words.join(" "), options, terminal),
    );
}

async function runGlossary(
  asked: string,
  options: ReferenceOptions,
  terminal: Terminal,
): Promise<void> {
  const language = languageFor(options, terminal);
  const all = await glossary(language);
  const found = entriesFor(asked, all);
  tellFallback({ language }, all.language, terminal);
  if (found.length === 0) {
    terminal.error(`No term fits "${asked}". \`nexthop glossary\` lists them all.`);
    terminal.exitCode(1);
  } else if (options.json === true) for (const each of found) terminal.out(JSON.stringify(each));
  else for (const line of glossaryLines(found, all, lookOf(terminal))) terminal.out(line);
}

/** The entry of that id or term; else those whose term holds every word; else those whose text does. */
function entriesFor(asked: string, { entries }: Glossary): readonly GlossaryEntry[] {
  const text = asked.trim().toLowerCase();
  if (text === "") return entries;
  const exact = entries.filter(
    ({ id, term }) =>
      id === text || id === text.replaceAll(" ", "-") || term.toLowerCase() === text,
  );
  if (exact.length > 0) return exact;
  const words = text.split(/\s+/);
  const holding = (textOf: (entry: GlossaryEntry) => string): readonly GlossaryEntry[] =>
    entries.filter((entry) => words.every((word) => textOf(entry).toLowerCase().includes(word)));
  const byTerm = holding(({ id, term }) => `${id} ${term}`);
  return byTerm.length > 0 ? byTerm : holding((entry) => entry.text);
}

/** Terms for a terminal: the term and its clause, the text, and what is related by the ids to ask for. */
export function glossaryLines(
  found: readonly GlossaryEntry[],
  all: Glossary,
  look: Look,
): readonly string[] {
  const head =
    found.length < all.entries.length
      ? []
      : [
          ...wrapped(painted(all.title, "bold", look), look.width),
          ...wrapped(fromMarkdown(all.lead, look), look.width, INDENT),
          "",
        ];
  return [
    ...head,
    ...found.flatMap(({ term, text, source, related }, index) => {
      const clause = source === undefined ? "" : `  ${painted(source, "dim", look)}`;
      const links = related.length === 0 ? "" : `→ ${related.join(", ")}`;
      return [
        ...(index === 0 ? [] : [""]),
        ...wrapped(painted(term, "bold", look) + clause, look.width, 0, INDENT),
        ...wrapped(fromMarkdown(text, look), look.width, INDENT),
        ...wrapped(links, look.width, INDENT, 2 * INDENT).map((line) => painted(line, "dim", look)),
      ];
    }),
  ];
}
