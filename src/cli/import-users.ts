import { readFileSync } from "node:fs";
import { ServerError } from "../causes/index.ts";
import { readImport, type Import, type ImportProblem, type ImportRow } from "../directory/index.ts";
import { IMPORT_COMMAND_ROWS_MAX, shown, type CommandOutput } from "../server/index.ts";
import { openRunner, type CommandRunner, type DirectoryOptions } from "./directory-command.ts";
import type { Terminal } from "./terminal.ts";

/** Commands under way: while one waits for the disk, the next are worked on. */
const COMMANDS_AT_ONCE = 2;
const BAR_CHARS = 30;

/**
 * Reads the whole file first: with one bad row nothing is imported, and all bad rows are named. Then it goes in by
 * commands of 500 rows, so that a running server answers calls in between.
 */
export async function importUsers(
  path: string,
  options: DirectoryOptions,
  terminal: Terminal,
): Promise<void> {
  const read = readFile(path, terminal);
  if (read === undefined) return;
  if (refused(read.problems, options, terminal)) return;
  const runner = await openRunner({ ...options, create: true }, terminal);
  if (runner === undefined) return;
  try {
    const taken = await aliasProblems(read, runner);
    if (refused(taken, options, terminal)) return;
    await putAll(read, runner, options, terminal);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    terminal.error(error.message);
    terminal.exitCode(1);
  } finally {
    await runner.close();
  }
}

async function putAll(
  { rows }: Import,
  runner: CommandRunner,
  options: DirectoryOptions,
  terminal: Terminal,
): Promise<void> {
  const total: Totals = { added: 0, changed: 0, warnings: new Set() };
  let next = 0;
  let failure: (CommandOutput & { readonly kind: "failed" }) | undefined;
  const putSlices = async (): Promise<void> => {
    while (next < rows.length && failure === undefined) {
      const slice = rows.slice(next, next + IMPORT_COMMAND_ROWS_MAX);
      next += slice.length;
      failure ??= await putSlice(slice, runner, total);
      terminal.progress(bar(total.added + total.changed, rows.length));
    }
  };
  await Promise.all(Array.from({ length: COMMANDS_AT_ONCE }, putSlices));
  terminal.progress("");
  for (const warning of total.warnings) terminal.error(`Warning: ${warning}`);
  const { added, changed } = total;
  if (failure !== undefined) {
    terminal.error(`${failure.text} (${added + changed} of ${rows.length} rows are in)`);
    terminal.exitCode(failure.exitCode);
  } else if (options.json === true) terminal.out(JSON.stringify({ added, changed }));
  else terminal.out(`Imported ${users(added + changed)}: ${added} new, ${changed} changed.`);
}

interface Totals {
  added: number;
  changed: number;
  readonly warnings: Set<string>;
}

/** @returns why the rows did not go in; undefined when they did */
async function putSlice(
  slice: readonly ImportRow[],
  runner: CommandRunner,
  total: Totals,
): Promise<(CommandOutput & { readonly kind: "failed" }) | undefined> {
  const args = { rows: slice.map(({ aor, password }) => [aor, password]) };
  for await (const output of runner.run("user import", args)) {
    if (output.kind === "warning") total.warnings.add(output.text);
    if (output.kind === "failed") return output;
    if (output.kind === "done") {
      const counts = output.value as { readonly added: number; readonly changed: number };
      total.added += counts.added;
      total.changed += counts.changed;
    }
  }
  return undefined;
}

function readFile(path: string, terminal: Terminal): Import | undefined {
  try {
    return readImport(new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path)));
  } catch (error) {
    const detail =
      error instanceof TypeError ? "the file is not in UTF-8" : (error as Error).message;
    terminal.error(`${path}: ${detail}`);
    terminal.exitCode(1);
    return undefined;
  }
}

/** Rows whose name is an alias already; adding them would take the alias away. */
async function aliasProblems(
  { rows }: Import,
  runner: CommandRunner,
): Promise<readonly ImportProblem[]> {
  const aliases = new Set<string>();
  for await (const output of runner.run("alias list", {})) {
    if (output.kind === "row") aliases.add((output.value as { readonly alias: string }).alias);
  }
  return rows
    .filter(({ aor }) => aliases.has(aor))
    .map(({ line, aor }) => ({
      line,
      text: `${shown(aor)} is an alias; remove it first: nexthop alias remove ${shown(aor)}`,
    }));
}

/** Names every problem. @returns whether there was one */
function refused(
  problems: readonly ImportProblem[],
  options: DirectoryOptions,
  terminal: Terminal,
): boolean {
  if (problems.length === 0) return false;
  for (const { line, text } of problems) {
    if (options.json === true) terminal.out(JSON.stringify({ line, problem: text }));
    else terminal.error(`line ${line}: ${text}`);
  }
  const rows = problems.length === 1 ? "1 bad row" : `${problems.length} bad rows`;
  terminal.error(`${rows}, nothing imported.`);
  terminal.exitCode(1);
  return true;
}

function bar(done: number, total: number): string {
  const filled = Math.round((BAR_CHARS * done) / total);
  return `[${"#".repeat(filled)}${"-".repeat(BAR_CHARS - filled)}] ${done} of ${total}`;
}

function users(count: number): string {
  return count === 1 ? "1 user" : `${count} users`;
}
