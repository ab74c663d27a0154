import type { Credential, Directory } from "../../directory/index.ts";
import type { LocationStore } from "../../location/index.ts";

/**
 * What a command says while it works, in order. `row`, `progress` and `warning` come any number of times; exactly one
 * `done` or `failed` ends it. All of it is JSON, so that it goes through the control socket as it is.
 */
export type CommandOutput =
  | { readonly kind: "row"; readonly value: unknown }
  | { readonly kind: "progress"; readonly done: number; readonly total: number }
  | { readonly kind: "warning"; readonly text: string }
  | { readonly kind: "done"; readonly value: unknown }
  | {
      readonly kind: "failed";
      readonly causeId?: string;
      readonly text: string;
      /** 1 the thing asked about failed, 2 wrong usage, 3 no server or store there. */
      readonly exitCode: 1 | 2 | 3;
    };

/** What a command works on: the running server's own stores, or those the CLI opened because no server runs. */
export interface CommandPort {
  readonly directory: Directory;
  readonly location: LocationStore;
  /** The domains served; undefined when nobody can say (no server runs), and then nothing is warned about. */
  readonly domains: readonly string[] | undefined;
  readonly nowMs: () => number;
  readonly credentialOf: (username: string, realm: string, password: string) => Credential;
}

/** What a command was given; came over a socket, so nothing about it is sure. */
export type CommandArguments = Readonly<Record<string, unknown>>;

/** One command. `args` came over a socket: the handler checks them and answers `failed` with exit code 2. */
export type CommandHandler = (
  args: CommandArguments,
  port: CommandPort,
) => AsyncIterable<CommandOutput>;
