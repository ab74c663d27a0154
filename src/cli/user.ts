import { Command } from "commander";
import { shown } from "../server/index.ts";
import { runDirectoryCommand, type DirectoryOptions } from "./directory-command.ts";
import { importUsers } from "./import-users.ts";
import { choosePassword } from "./password.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

const DATA = [
  "--data <dir>",
  "the data folder (default: $NEXTHOP_DATA, or nexthop in the state folder)",
] as const;
const JSON_LINES = ["--json", "one JSON object a line"] as const;
const PASSWORD = [
  "--password <password>",
  "asked for on a terminal, else made and printed once",
] as const;

interface PasswordOptions extends DirectoryOptions {
  readonly password?: string;
}

/** `nexthop user`: who exists, and with what password. */
export function userCommand(terminal: Terminal = processTerminal()): Command {
  const user = new Command("user").description("add, remove, list and import users");
  user
    .command("add")
    .argument("<aor>", "the address, such as alice@example.org")
    .description("add a user")
    .option(...PASSWORD)
    .option(...DATA)
    .option(...JSON_LINES)
    .action((aor: string, options: PasswordOptions) =>
      withPassword({ command: "user add", aor, options, said: "Added" }, terminal),
    );
  user
    .command("password")
    .argument("<aor>")
    .description("give a user another password")
    .option(...PASSWORD)
    .option(...DATA)
    .option(...JSON_LINES)
    .action((aor: string, options: PasswordOptions) =>
      withPassword(
        { command: "user password", aor, options, said: "Changed the password of" },
        terminal,
      ),
    );
  user
    .command("remove")
    .argument("<aor>")
    .description("remove a user and what is registered for it")
    .option(...DATA)
    .option(...JSON_LINES)
    .action((aor: string, options: DirectoryOptions) =>
      runDirectoryCommand(
        { command: "user remove", args: { aor }, options, wording: { done: removed } },
        terminal,
      ),
    );
  user
    .command("list")
    .description("list all users")
    .option(...DATA)
    .option(...JSON_LINES)
    .action((options: DirectoryOptions) =>
      runDirectoryCommand(
        { command: "user list", args: {}, options, wording: { row: listed, done: counted } },
        terminal,
      ),
    );
  user
    .command("import")
    .argument("<file>", "aor,password a line")
    .description("add many users from a CSV file; who exists gets the new password")
    .option(...DATA)
    .option(...JSON_LINES)
    .action((file: string, options: DirectoryOptions) => importUsers(file, options, terminal));
  return user;
}

async function withPassword(
  request: {
    readonly command: string;
    readonly aor: string;
    readonly options: PasswordOptions;
    readonly said: string;
  },
  terminal: Terminal,
): Promise<void> {
  const { command, aor, options, said } = request;
  const chosen = await choosePassword(options.password, terminal);
  if (chosen === undefined) {
    terminal.error("Nothing was changed.");
    terminal.exitCode(1);
    return;
  }
  const { password, isGenerated } = chosen;
  const told = isGenerated ? { password } : {};
  await runDirectoryCommand(
    {
      command,
      args: { aor, password },
      options,
      create: command === "user add",
      told,
      wording: {
        done: (value) => [
          `${said} ${shown((value as { readonly aor: string }).aor)}.`,
          ...(isGenerated ? [`Its password, shown this once: ${password}`] : []),
        ],
      },
    },
    terminal,
  );
}

function removed(value: unknown): readonly string[] {
  const { aor, bindingsRemoved } = value as {
    readonly aor: string;
    readonly bindingsRemoved: number;
  };
  const devices = bindingsRemoved === 0 ? "" : ` and unbound ${devicesOf(bindingsRemoved)}`;
  return [`Removed ${shown(aor)}${devices}.`];
}

function listed(value: unknown): readonly string[] {
  const { aor, hasPassword, bindings } = value as {
    readonly aor: string;
    readonly hasPassword: boolean;
    readonly bindings: number;
  };
  const state = bindings === 0 ? "not registered" : devicesOf(bindings);
  return [`${shown(aor).padEnd(48)} ${state}${hasPassword ? "" : ", no password"}`];
}

function counted(value: unknown): readonly string[] {
  const { users } = value as { readonly users: number };
  return [users === 1 ? "1 user" : `${users} users`];
}

function devicesOf(count: number): string {
  return count === 1 ? "1 device" : `${count} devices`;
}
