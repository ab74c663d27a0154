import { Command } from "commander";
import { findGuides, loadReference, type Guide, type Reference } from "../codes/index.ts";
import { codeLines, hitLines } from "./code-page.ts";
import { guidePointers } from "./guide-page.ts";
import {
  languageFor,
  languageOption,
  lookOf,
  tellFallback,
  tellLabels,
  type ReferenceOptions,
} from "./reference-options.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

const EXAMPLES = `
Examples:
  nexthop code 404               the page of one code
  nexthop code not found         search by name, by words, by the reason phrase of a vendor
  nexthop code cause 17          by Q.850 cause
  nexthop code 4xx               all of one class
  nexthop code                   all there are`;

/** `nexthop code`: the reference of response codes, by number or by words. */
export function codeCommand(terminal: Terminal = processTerminal()): Command {
  return new Command("code")
    .argument("[number or words...]", "a response code, or what to search for")
    .description("what a response code means, and what to do about it")
    .addOption(languageOption())
    .option("--json", "one JSON object; of a search, one a line")
    .addHelpText("after", EXAMPLES)
    .action((words: readonly string[], options: ReferenceOptions) =>
      runCode(words.join(" "), options, terminal),
    );
}

async function runCode(
  asked: string,
  options: ReferenceOptions,
  terminal: Terminal,
): Promise<void> {
  const reference = await loadReference(languageFor(options, terminal));
  tellFallback(reference, reference.codesIn, terminal);
  tellLabels(reference, terminal);
  if (asked === "") listAll(reference, options, terminal);
  else if (/^\d{3,}$/.test(asked)) showCode(Number(asked), reference, options, terminal);
  else
    showHits(
      { asked, guides: await findGuides(asked, reference.language) },
      reference,
      options,
      terminal,
    );
}

function showCode(
  number: number,
  reference: Reference,
  { json }: ReferenceOptions,
  terminal: Terminal,
): void {
  const code = reference.code(number);
  if (code === undefined) {
    terminal.error(`${number} is not a response code that anybody uses.`);
    suggestNear(number, reference, terminal);
    terminal.exitCode(1);
    return;
  }
  if (json === true) terminal.out(JSON.stringify(code));
  else for (const line of codeLines(code, reference, lookOf(terminal))) terminal.out(line);
}

/** Numbers that a slip of the finger makes of this one. */
export function suggestNear(number: number, reference: Reference, terminal: Terminal): void {
  const near = reference.near(number).flatMap((each) => reference.code(each) ?? []);
  if (near.length === 0) terminal.error("SIP's response codes go from 100 to 699.");
  else terminal.error(`Near it: ${near.map(({ code, name }) => `${code} ${name}`).join(", ")}`);
}

function showHits(
  { asked, guides }: { readonly asked: string; readonly guides: readonly Guide[] },
  reference: Reference,
  options: ReferenceOptions,
  terminal: Terminal,
): void {
  const hits = reference.search(asked);
  const [first, ...more] = hits;
  const pointers = options.json === true ? [] : guidePointers(guides, lookOf(terminal));
  if (first === undefined && pointers.length > 0) {
    for (const line of pointers) terminal.out(line);
  } else if (first === undefined) {
    terminal.error(`Nothing fits "${asked}".`);
    if (/cause|q\.?850/i.test(asked)) {
      terminal.error(
        "No mapping that we know makes a response code of it; 16, for one, is a BYE or a CANCEL.",
      );
    }
    terminal.error(
      "Try fewer words, a reason phrase, a Q.850 cause as in `cause 17`, or a class as in 4xx.",
    );
    terminal.exitCode(1);
  } else if (options.json === true) {
    for (const hit of hits) terminal.out(JSON.stringify(hit));
  } else if (more.length === 0) {
    showCode(first.code, reference, options, terminal);
    if (pointers.length > 0) terminal.out("");
    for (const line of pointers) terminal.out(line);
  } else {
    for (const line of hitLines(hits, reference, lookOf(terminal))) terminal.out(line);
    for (const line of pointers) terminal.out(line);
  }
}

function listAll(reference: Reference, { json }: ReferenceOptions, terminal: Terminal): void {
  for (const number of reference.numbers) {
    const code = reference.code(number);
    if (code === undefined) continue;
    const { name, text, facts } = code;
    const { lead } = text;
    if (json === true) {
      terminal.out(JSON.stringify({ code: number, name, registered: facts.registered, lead }));
    } else {
      const mark = facts.registered ? "" : `  (${reference.labels["unregistered"]})`;
      terminal.out(`${number} ${name}${mark}`);
    }
  }
}
