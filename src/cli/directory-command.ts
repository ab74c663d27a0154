import { dataFolderPath } from "../config/index.ts";
import { ServerError } from "../causes/index.ts";
import { directoryCommands, openLocalPort, type CommandOutput } from "../server/index.ts";
import { connectControl } from "./control-client.ts";
import type { Terminal } from "./terminal.ts";

/** The options that all commands on the directory have. */
export interface DirectoryOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** Runs commands one after another, in the running server or, when none runs, on the store itself. */
export interface CommandRunner {
  run(command: string, args: Readonly<Record<string, unknown>>): AsyncIterable<CommandOutput>;
  close(): Promise<void>;
}

/**
 * Finds who can carry out commands on a data folder. With `create` a folder without a store gets one.
 *
 * @returns undefined when there is neither a server nor a store; the terminal has been told
 */
export async function openRunner(
  options: DirectoryOptions & { readonly create: boolean },
  terminal: Terminal,
): Promise<CommandRunner | undefined> {
  const folder = dataFolderPath(options.data, terminal.environment);
  try {
    const server = await connectControl(folder);
    if (server !== undefined) return overSocket(folder, server);
    const port = openLocalPort(folder, { create: options.create });
    if (port !== undefined) {
      return {
        run: (command, args) => {
          const handler = directoryCommands[command];
          if (handler === undefined) throw new Error(`no command ${command}`);
          return handler(args, port);
        },
        close: () => port.close(),
      };
    }
    terminal.error(`There is no server running on ${folder}, and no store in it.`);
    terminal.error("Name another folder with --data, or add a user: nexthop user add user@domain");
  } catch (error) {
    terminal.error(error instanceof Error ? error.message : String(error));
  }
  terminal.exitCode(3);
  return undefined;
}

type Server = NonNullable<Awaited<ReturnType<typeof connectControl>>>;

// A connection serves one command; the one that found the server serves the first.
function overSocket(folder: string, first: Server): CommandRunner {
  let connected: Server | undefined = first;
  return {
    run: async function* (command, args) {
      const server = connected ?? (await connectControl(folder));
      connected = undefined;
      if (server === undefined) {
        yield { kind: "failed", text: "the server went away", exitCode: 3 };
      } else yield* server.run(command, args);
    },
    close: () => Promise.resolve(),
  };
}

/** How a command's outputs read for people. Under `--json` rows, or else the end, go out as they are. */
export interface Wording {
  readonly row?: (value: unknown) => readonly string[];
  readonly done: (value: unknown) => readonly string[];
}

/** Runs one command to its end, writes what it says, and sets the exit code. */
export async function runDirectoryCommand(
  request: {
    readonly command: string;
    readonly args: Readonly<Record<string, unknown>>;
    readonly options: DirectoryOptions;
    readonly create?: boolean;
    /** Goes out with the end under `--json`, such as a password that was made here. */
    readonly told?: Readonly<Record<string, unknown>>;
    readonly wording: Wording;
  },
  terminal: Terminal,
): Promise<void> {
  const { command, args, options, create = false, told, wording } = request;
  const runner = await openRunner({ ...options, create }, terminal);
  if (runner === undefined) return;
  try {
    for await (const output of runner.run(command, args)) {
      const isEnd = told !== undefined && output.kind === "done";
      const whole = isEnd ? { ...output, value: { ...(output.value as object), ...told } } : output;
      write(whole, options.json === true, wording, terminal);
    }
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    terminal.error(error.message);
    terminal.exitCode(1);
  } finally {
    await runner.close();
  }
}

function write(output: CommandOutput, asJson: boolean, wording: Wording, terminal: Terminal): void {
  switch (output.kind) {
    case "row":
      if (asJson) terminal.out(JSON.stringify(output.value));
      else for (const line of wording.row?.(output.value) ?? []) terminal.out(line);
      break;
    case "done":
      if (!asJson) for (const line of wording.done(output.value)) terminal.out(line);
      else if (wording.row === undefined) terminal.out(JSON.stringify(output.value));
      break;
    case "warning":
      terminal.error(`Warning: ${output.text}`);
      break;
    case "failed":
      terminal.error(sentence(output.text));
      terminal.exitCode(output.exitCode);
      break;
    case "progress":
      terminal.progress(`${output.done} of ${output.total}`);
      break;
  }
}

/** A capital letter, unless it starts with an address: `Alice@…` is somebody else (RFC 3261 §19.1.4). */
function sentence(text: string): string {
  if (/^\S*[@:]/.test(text)) return text;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
