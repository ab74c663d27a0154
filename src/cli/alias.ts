import { Command } from "commander";
import { shown } from "../server/index.ts";
import { runDirectoryCommand, type DirectoryOptions, type Wording } from "./directory-command.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

interface AliasValue {
  readonly alias: string;
  readonly target: string;
}

/** `nexthop alias`: other names that lead to a user, or elsewhere. */
export function aliasCommand(terminal: Terminal = processTerminal()): Command {
  const alias = new Command("alias").description("other names for users");
  const run = (
    command: string,
    args: Readonly<Record<string, unknown>>,
    options: DirectoryOptions,
    wording: Wording,
  ): Promise<void> =>
    runDirectoryCommand(
      { command, args, options, create: command === "alias add", wording },
      terminal,
    );
  withOptions(alias.command("add"))
    .argument("<alias>", "the other name, such as sales@example.org")
    .argument("<aor>", "where it leads: an address, or a sip, sips or tel URI")
    .description("let another name lead to a user")
    .action((name: string, target: string, options: DirectoryOptions) =>
      run("alias add", { alias: name, target }, options, {
        done: (value) => [`Added ${arrow(value)}.`],
      }),
    );
  withOptions(alias.command("remove"))
    .argument("<alias>")
    .description("remove an alias")
    .action((name: string, options: DirectoryOptions) =>
      run("alias remove", { alias: name }, options, {
        done: (value) => [`Removed ${arrow(value)}.`],
      }),
    );
  withOptions(alias.command("list"))
    .description("list all aliases")
    .action((options: DirectoryOptions) =>
      run("alias list", {}, options, { row: (value) => [arrow(value)], done: counted }),
    );
  return alias;
}

function withOptions(command: Command): Command {
  return command
    .option("--data <dir>", "the data folder")
    .option("--json", "one JSON object a line");
}

function arrow(value: unknown): string {
  const { alias, target } = value as AliasValue;
  return `${shown(alias)} → ${shown(target)}`;
}

function counted(value: unknown): readonly string[] {
  const { aliases } = value as { readonly aliases: number };
  return [aliases === 1 ? "1 alias" : `${aliases} aliases`];
}
